use e2e::isolation::{Load, Trouble, compare};

use crate::part::Part;

const LOAD: Load = Load { warm: 100, paced: 500, rate: 250.0, burst: 500, callers: 8 };
const PAIRS: usize = 5;
/// Above it, one vendor's trouble is the others' too.
const MOST: f64 = 2.0;

/// What the other vendors take while one is in trouble.
#[derive(Default)]
pub(crate) struct Isolation {
    table: Vec<String>,
}

impl Part for Isolation {
    fn name(&self) -> &'static str {
        "isolation"
    }

    /// A measurement and no search: only the first round has it.
    fn round(&mut self, _round: u64) -> Result<String, String> {
        if !self.table.is_empty() {
            return Ok("measured in an earlier round".to_owned());
        }
        let measured: Vec<_> =
            Trouble::ALL.into_iter().map(|trouble| compare(&LOAD, trouble, PAIRS)).collect();
        self.table = measured.iter().map(ToString::to_string).collect();
        let bad = measured.iter().filter(|comparison| comparison.p99_ratio > MOST);
        match bad.count() {
            0 => Ok(format!("{} troubles, medians of {PAIRS} pairs", measured.len())),
            _ => Err(self.figures()),
        }
    }

    fn figures(&self) -> String {
        format!("\n  {}", self.table.join("\n  "))
    }
}
