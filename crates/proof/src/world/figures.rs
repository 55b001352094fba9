use std::{collections::BTreeMap, fmt};

use super::Report;
use crate::history::Cause;

/// The sums of many runs.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Runs.
    pub runs: u64,
    /// Runs that broke a promise.
    pub failed: u64,
    /// What clients asked for.
    pub ops: u64,
    /// What vendors were sent.
    pub sends: u64,
    /// Ends of the process.
    pub ends: u64,
    /// Events of all traces.
    pub events: u64,
    /// Virtual time, in seconds.
    pub seconds: u64,
    /// Acknowledged changes that are gone.
    pub lost: u64,
    /// Operations without an answer that turned out to be done.
    pub recovered: u64,
    /// Operations of which nobody knows.
    pub indeterminate: u64,
    /// Requests that carried nothing new, by cause.
    pub duplicates: BTreeMap<Cause, u64>,
}

impl Figures {
    /// Adds a run.
    pub fn add(&mut self, report: &Report) {
        self.runs += 1;
        self.failed += u64::from(!report.is_good());
        self.ops += report.verdict.ops;
        self.sends += report.verdict.sends;
        self.ends += report.ends;
        self.events += report.events;
        self.seconds += report.time / 1_000;
        self.lost += report.verdict.lost() as u64;
        self.recovered += report.verdict.recovered;
        self.indeterminate += report.verdict.indeterminate;
        for (cause, count) in &report.verdict.duplicates {
            *self.duplicates.entry(*cause).or_default() += count;
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs, {} failed; {} lost, {} recovered, {} indeterminate of {} operations; {} requests, sent again {:?}; \
             {} ends of the process; {} events in {} days of virtual time",
            self.runs,
            self.failed,
            self.lost,
            self.recovered,
            self.indeterminate,
            self.ops,
            self.sends,
            self.duplicates,
            self.ends,
            self.events,
            self.seconds / 86_400
        )
    }
}
