//! The long form.

use std::{collections::BTreeMap, ops::Range};

use super::{Options, Report, run::run};
use crate::history::Cause;

/// The figures of many runs.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Runs.
    pub runs: u64,
    /// Runs that broke a promise.
    pub failed: Vec<u64>,
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
        if !report.is_good() {
            self.failed.push(report.seed);
        }
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

/// Runs all seeds of a range and answers the figures. `progress` sees every report, and ends the run by answering `false`.
pub fn soak(seeds: Range<u64>, mut progress: impl FnMut(&Report, &Figures) -> bool) -> Figures {
    let mut figures = Figures::default();
    for seed in seeds {
        let report = run(seed, Options::default());
        figures.add(&report);
        if !progress(&report, &figures) {
            break;
        }
    }
    figures
}
