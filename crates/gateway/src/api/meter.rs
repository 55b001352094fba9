use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::Kind;

/// Counts what was answered since the process started. Labels are configured names and the table of problems, so that the
/// number of series is bounded.
#[derive(Debug, Default)]
pub struct Meter {
    counts: Mutex<Counts>,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Accepted updates by the name of the caller's key.
    pub(crate) accepted: BTreeMap<String, u64>,
    /// Answered problems by type.
    pub(crate) problems: BTreeMap<Kind, u64>,
}

impl Meter {
    /// An update of this caller was accepted.
    pub(crate) fn accepted(&self, caller: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.accepted.get_mut(caller) {
            Some(count) => *count += 1,
            None => drop(counts.accepted.insert(caller.to_owned(), 1)),
        }
    }

    /// A request was refused.
    pub(crate) fn refused(&self, problem: Kind) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).problems.entry(problem).or_default() += 1;
    }

    /// The counts now.
    pub(crate) fn read(&self) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
