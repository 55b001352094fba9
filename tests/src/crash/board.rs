use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::Client;

/// Where callers see which process runs, and whoever ends it how far they are.
#[derive(Default)]
pub(super) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    client: Option<(Client, u64)>,
    lives: u64,
    answers: u64,
    stop: bool,
}

impl Board {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process runs.
    pub(super) fn put(&self, client: Client) {
        let mut state = self.lock();
        state.lives += 1;
        state.client = Some((client, state.lives));
        self.changed.notify_all();
    }

    /// No process takes requests.
    pub(super) fn clear(&self) {
        self.lock().client = None;
    }

    /// The process that runs, and its number; waits for one.
    pub(super) fn process(&self) -> (Client, u64) {
        let mut state = self.lock();
        loop {
            if let Some(found) = &state.client {
                return found.clone();
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A caller has had a definite answer.
    pub(super) fn answered(&self) {
        self.lock().answers += 1;
        self.changed.notify_all();
    }

    /// Waits for so many more answers, at most so long; says whether they came.
    pub(super) fn wait_for_answers(&self, more: u64, bound: Duration) -> bool {
        let state = self.lock();
        let enough = state.answers + more;
        let waited = self.changed.wait_timeout_while(state, bound, |state| state.answers < enough);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Callers begin nothing more.
    pub(super) fn stop(&self) {
        self.lock().stop = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lock().stop
    }
}
