use std::{collections::BTreeMap, fmt};

use serde::Serialize;

/// The judgement on a history.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Verdict {
    /// How many things clients asked for.
    pub ops: u64,
    /// How many requests vendors were sent.
    pub sends: u64,
    /// How many operations without an answer turned out to be done.
    pub recovered: u64,
    /// How many operations stay unknown.
    pub indeterminate: u64,
    /// Requests that carried nothing new, by cause.
    pub duplicates: BTreeMap<Cause, u64>,
    /// Each broken promise.
    pub findings: Vec<Finding>,
}

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which.
    pub rule: &'static str,
    /// Where.
    pub text: String,
}

/// Why a vendor saw the same content again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Cause {
    /// D1: the process ended before the outcome was stored.
    Crash,
    /// D2: the request before had no success.
    Retry,
    /// D3: a lost request might have overwritten it.
    Reassert,
    /// D5: an operator asked for it, or a reload.
    Operator,
    /// The vendor had refused it, alone or together with others.
    Refused,
    /// What is owed takes more requests than one attempt may have.
    Part,
}

/// Acknowledged and not there.
pub(super) const LOST: &str = "lost";
/// There, and nobody asked for it.
pub(super) const UNEXPECTED: &str = "unexpected";

impl Verdict {
    pub(super) fn find(&mut self, rule: &'static str, text: String) {
        self.findings.push(Finding { rule, text });
    }

    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many findings a rule has.
    pub fn count(&self, rule: &str) -> usize {
        self.findings.iter().filter(|finding| finding.rule == rule).count()
    }

    /// Acknowledged changes that are gone.
    pub fn lost(&self) -> usize {
        self.count(LOST)
    }

    /// Values and versions that nobody asked for.
    pub fn unexpected(&self) -> usize {
        self.count(UNEXPECTED)
    }

    /// All duplicates, whatever their cause.
    pub fn duplicated(&self) -> u64 {
        self.duplicates.values().sum()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ops, {} sends, {} lost, {} unexpected, {} duplicated {:?}, {} recovered, {} indeterminate",
            self.ops,
            self.sends,
            self.lost(),
            self.unexpected(),
            self.duplicated(),
            self.duplicates,
            self.recovered,
            self.indeterminate
        )?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  {}: {}", finding.rule, finding.text))
    }
}
