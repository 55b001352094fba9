use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use canonical::UserId;
use tokio::sync::mpsc;

use super::{fences::Fences, line::Wake};
use crate::{
    lane::State,
    store::{LaneRow, Observer, RouteId},
};

/// Passes on what was committed: wakes dispatchers, tells those who wait for a user, fences off attempts.
#[derive(Debug, Default)]
pub struct Hub {
    wakes: RwLock<HashMap<RouteId, Arc<Wake>>>,
    waiters: Mutex<Waiters>,
    waiting: AtomicUsize,
    next_waiter: AtomicUsize,
    pub(super) fences: Fences,
    closed: AtomicBool,
}

/// Who waits for which user, each with a number of its own.
type Waiters = HashMap<UserId, Vec<(usize, mpsc::UnboundedSender<LaneRow>)>>;

impl Hub {
    /// A hub that nobody watches yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(super) fn watch(&self, route: RouteId, wake: &Arc<Wake>) {
        self.wakes.write().unwrap_or_else(PoisonError::into_inner).insert(route, Arc::clone(wake));
    }

    /// Registers interest in a user's lanes; to be done before the change that is waited for is handed to the store.
    pub fn wait_for(self: &Arc<Self>, user: &UserId) -> Waiter {
        let (sender, changes) = mpsc::unbounded_channel();
        let id = self.next_waiter.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut waiters = self.waiters();
        if !self.closed.load(Ordering::Acquire) {
            waiters.entry(user.clone()).or_default().push((id, sender));
        }
        drop(waiters);
        Waiter { hub: Arc::clone(self), user: user.clone(), id, changes }
    }

    /// Ends every wait.
    pub(super) fn close(&self) {
        let mut waiters = self.waiters();
        self.closed.store(true, Ordering::Release);
        waiters.clear();
    }

    fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Hub {
    fn committed(&self, lanes: &[(UserId, LaneRow)]) {
        self.fences.committed(lanes.iter().map(|(_, row)| row));
        let wakes = self.wakes.read().unwrap_or_else(PoisonError::into_inner);
        let waiters = (self.waiting.load(Ordering::Acquire) > 0).then(|| self.waiters());
        for (user, row) in lanes {
            match (row.lane.state, wakes.get(&row.route)) {
                (State::Ready, Some(wake)) => wake.ready(),
                (State::Wait(_), Some(wake)) => wake.ring(),
                _ => {}
            }
            let interested = waiters.as_ref().and_then(|waiters| waiters.get(user));
            for (_, sender) in interested.into_iter().flatten() {
                // Who has stopped waiting is told nothing.
                let _ = sender.send(row.clone());
            }
        }
    }
}

/// Sees every committed change of one user's lanes from its registration on.
#[derive(Debug)]
pub struct Waiter {
    hub: Arc<Hub>,
    user: UserId,
    id: usize,
    changes: mpsc::UnboundedReceiver<LaneRow>,
}

impl Waiter {
    /// The next change; none when the gateway stops.
    pub async fn changed(&mut self) -> Option<LaneRow> {
        self.changes.recv().await
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiters = self.hub.waiters();
        if let Some(of_user) = waiters.get_mut(&self.user) {
            of_user.retain(|(id, _)| *id != self.id);
            if of_user.is_empty() {
                waiters.remove(&self.user);
            }
        }
        self.hub.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
