use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use delivery::{Attempted, Clock, Telemetry};

use super::history::{COLUMNS, Column, Failure, History};

/// What happened of late, by route; in memory alone, and bounded.
pub struct Board {
    clock: Arc<dyn Clock>,
    routes: Mutex<BTreeMap<String, History>>,
}

impl Board {
    /// A board on which nothing stands.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, routes: Mutex::default() }
    }

    /// So many users of a route are behind now.
    pub(super) fn behind(&self, route: &str, users: u64) {
        self.routes().entry(route.to_owned()).or_default().behind(users, self.clock.now());
    }

    /// The last half hour of a route, and its last failures, newest first.
    pub(in crate::operators::pages) fn read(&self, route: &str) -> ([Column; COLUMNS], Vec<Failure>) {
        let routes = self.routes();
        match routes.get(route) {
            Some(history) => (history.columns(self.clock.now()), history.failures()),
            None => ([Column::default(); COLUMNS], Vec::new()),
        }
    }

    /// Forgets routes that are not configured any more.
    pub(super) fn keep(&self, is_configured: impl Fn(&str) -> bool) {
        self.routes().retain(|route, _| is_configured(route));
    }

    fn routes(&self) -> MutexGuard<'_, BTreeMap<String, History>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telemetry for Board {
    fn attempted(&self, attempt: &Attempted<'_>) {
        let now = self.clock.now();
        let mut routes = self.routes();
        match routes.get_mut(attempt.route) {
            Some(history) => history.attempted(attempt, now),
            None => routes.entry(attempt.route.to_owned()).or_default().attempted(attempt, now),
        }
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}
