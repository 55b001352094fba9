use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use proof::history::{Ms, Nudge, Outcome};
use serde_json::Value;

/// What callers, operators and whoever starts and kills the process saw, under one monotonic clock.
pub(super) struct Ledger {
    base: Instant,
    record: Mutex<Record>,
}

/// The record of a batch.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) ops: Vec<OpLog>,
    pub(super) nudges: Vec<Nudge>,
    pub(super) starts: Vec<Ms>,
    pub(super) stops: Vec<Ms>,
    /// Answers that no caller expects.
    pub(super) strange: Vec<String>,
    /// Requests that were sent again with their key.
    pub(super) repeated: u64,
    /// Answers that said that they were given before.
    pub(super) replayed: u64,
}

/// One thing that a caller asked for.
#[derive(Debug, Clone)]
pub(super) struct OpLog {
    pub(super) user: String,
    pub(super) ask: Asked,
    pub(super) invoked: Ms,
    pub(super) ended: Option<Ms>,
    pub(super) outcome: Outcome,
    /// The update's id, if the caller was told.
    pub(super) update: Option<String>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Change { body: Value, revives: bool },
    Erase,
}

impl Ledger {
    /// A clock that begins now: before the simulators do.
    pub(super) fn new() -> Self {
        Self { base: Instant::now(), record: Mutex::default() }
    }

    pub(super) fn now(&self) -> Ms {
        self.at(Instant::now())
    }

    /// A moment on this clock.
    pub(super) fn at(&self, moment: Instant) -> Ms {
        u64::try_from(moment.saturating_duration_since(self.base).as_millis()).unwrap_or(Ms::MAX)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record so far; the next one begins with the process that runs.
    pub(super) fn take(&self) -> Record {
        std::mem::take(&mut *self.lock())
    }

    /// A caller asks; gives the number of the operation.
    pub(super) fn invoke(&self, user: &str, ask: Asked) -> usize {
        let invoked = self.now();
        let mut record = self.lock();
        let outcome = Outcome::Unknown;
        record.ops.push(OpLog { user: user.to_owned(), ask, invoked, ended: None, outcome, update: None });
        record.ops.len() - 1
    }

    /// The caller knows, or has given up.
    pub(super) fn end(&self, op: usize, outcome: Outcome, update: Option<String>) {
        let ended = self.now();
        let mut record = self.lock();
        let op = &mut record.ops[op];
        (op.ended, op.outcome, op.update) = (Some(ended), outcome, update);
    }

    /// An operator acts; `act` says whether it is known to be done.
    pub(super) fn nudge(&self, route: &str, act: impl FnOnce() -> bool) {
        let from = self.now();
        let to = act().then(|| self.now());
        self.lock().nudges.push(Nudge { from, to, route: Some(route.to_owned()), user: None });
    }

    pub(super) fn strange(&self, text: String) {
        self.lock().strange.push(text);
    }
}
