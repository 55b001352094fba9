use std::fmt;

use vendor_sim::ViolationKind;

use super::Options;
use crate::history::{History, Ms, Verdict};

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What the run was like.
    pub options: Options,
    /// One number for everything that happened, in order.
    pub hash: u64,
    /// How many things happened.
    pub events: u64,
    /// How many points there were at which the process could have crashed.
    pub effects: u64,
    /// How often the process ended.
    pub ends: u64,
    /// How much virtual time passed.
    pub time: Ms,
    /// How long after the chaos everything stood still.
    pub quiet_after: Option<Ms>,
    /// The checker's judgement, with what the world itself found.
    pub verdict: Verdict,
    /// What vendors were sent that nobody may ever send.
    pub violations: Vec<ViolationKind>,
    /// What was seen.
    pub history: History,
    /// The trace, where it was kept.
    pub lines: Vec<String>,
}

impl Report {
    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.verdict.is_good() && self.violations.is_empty()
    }

    /// The command that runs the same world again and prints its trace.
    pub fn replay(&self) -> String {
        let (seed, options) = (self.seed, &self.options);
        format!("SEED={seed} OPTIONS={options} cargo test -p proof --test world -- replay --nocapture")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {}\n  {} events, {} ends of the process, {} s of virtual time, trace {:016x}",
            self.seed,
            self.verdict,
            self.events,
            self.ends,
            self.time / 1_000,
            self.hash
        )?;
        if !self.violations.is_empty() {
            write!(f, "\n  sent what must never be sent: {:?}", self.violations)?;
        }
        if self.is_good() { Ok(()) } else { write!(f, "\n  again: {}", self.replay()) }
    }
}
