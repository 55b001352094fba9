use std::panic;

use e2e::{
    binary,
    crash::{Cycles, Figures},
    previous,
};

use crate::part::Part;

/// Ends of the process, after each of which the other binary goes on.
const CYCLES: u64 = 40;

/// The gateway of another commit and the present one take turns on one database, under load.
#[derive(Default)]
pub(crate) struct Upgrade {
    figures: Option<Figures>,
}

impl Part for Upgrade {
    fn name(&self) -> &'static str {
        "upgrade"
    }

    /// `PREVIOUS` names the other commit; without it, it is the one before this. Only the first round builds it.
    fn round(&mut self, round: u64) -> Result<String, String> {
        if self.figures.is_some() {
            return Ok("done in an earlier round".to_owned());
        }
        let revision = std::env::var("PREVIOUS").unwrap_or_else(|_| "HEAD^".to_owned());
        let ran = panic::catch_unwind(|| {
            let binaries = vec![previous::build(&revision), binary().to_owned()];
            Cycles { binaries, ..Cycles::new(2_000 + round) }.run(CYCLES, |_| {})
        });
        let figures = ran.map_err(|_| format!("PREVIOUS={revision}: the run came to no end"))?;
        let told = figures.to_string();
        let is_good = figures.is_good();
        self.figures = Some(figures);
        if is_good { Ok(format!("{CYCLES} turns with {revision}")) } else { Err(told) }
    }

    fn figures(&self) -> String {
        self.figures.as_ref().map_or_else(|| "did not run to its end".to_owned(), ToString::to_string)
    }
}
