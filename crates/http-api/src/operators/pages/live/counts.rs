use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use delivery::{
    RouteId, RouteSet,
    engine::Engine,
    store::{RouteCounts, StoreError},
};
use tokio::sync::{Mutex, watch};

use super::Board;

/// The last count of the users at all routes. Counting takes the longer the more users wait, so that all who show routes share it.
#[derive(Debug)]
pub(crate) struct Counts {
    board: Arc<Board>,
    last: watch::Sender<Option<Arc<Count>>>,
    /// Whose turn it is to count.
    turn: Mutex<()>,
}

/// How many users of each route stood how, at one moment.
#[derive(Debug)]
pub(crate) struct Count {
    by_route: BTreeMap<RouteId, RouteCounts>,
    began: Instant,
    took: Duration,
}

/// Counting may take this part of the time: it must not become a load of its own.
pub(super) const SHARE: u32 = 50;
/// For how long a count is recent at the least; the watch renews it sooner.
const RECENT: Duration = Duration::from_secs(10);

impl Counts {
    /// No counts yet; every count is recorded on the board.
    pub(crate) fn new(board: Arc<Board>) -> Self {
        Self { board, last: watch::Sender::default(), turn: Mutex::default() }
    }

    /// The last count, or a new one where there is none that is recent and has all routes.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn recent(&self, engine: &Engine) -> Result<Arc<Count>, StoreError> {
        if let Some(last) = self.last_of(&engine.routes()) {
            return Ok(last);
        }
        let _turn = self.turn.lock().await;
        // Another page may have counted until it was this one's turn.
        match self.last_of(&engine.routes()) {
            Some(last) => Ok(last),
            None => self.count(engine).await,
        }
    }

    /// Counts now, and tells whoever has subscribed.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn renew(&self, engine: &Engine) -> Result<Arc<Count>, StoreError> {
        let _turn = self.turn.lock().await;
        self.count(engine).await
    }

    /// Tells of every count from now on.
    pub(super) fn subscribe(&self) -> watch::Receiver<Option<Arc<Count>>> {
        self.last.subscribe()
    }

    async fn count(&self, engine: &Engine) -> Result<Arc<Count>, StoreError> {
        let (began, routes, mut by_route) = (Instant::now(), engine.routes(), BTreeMap::new());
        for (id, route) in routes.iter() {
            let counts = engine.store().counts(id).await?;
            // Before anybody is told: the charts end with what is told.
            self.board.behind(&route.name, counts.pending);
            by_route.insert(id, counts);
        }
        self.board.keep(|route| routes.by_name(route).is_some());
        let count = Arc::new(Count { by_route, began, took: began.elapsed() });
        self.last.send_replace(Some(Arc::clone(&count)));
        Ok(count)
    }

    fn last_of(&self, routes: &RouteSet) -> Option<Arc<Count>> {
        let last = self.last.borrow().clone()?;
        let has_all = routes.iter().all(|(id, _)| last.by_route.contains_key(&id));
        (has_all && last.is_recent()).then_some(last)
    }
}

impl Count {
    /// How the users of a route stood.
    pub(super) fn of(&self, route: RouteId) -> RouteCounts {
        self.by_route.get(&route).copied().unwrap_or_default()
    }

    /// How long it took.
    pub(super) fn took(&self) -> Duration {
        self.took
    }

    /// A count that took long is recent for long: the watch may not have renewed it sooner.
    fn is_recent(&self) -> bool {
        self.began.elapsed() < RECENT.max(self.took * SHARE * 2)
    }
}
