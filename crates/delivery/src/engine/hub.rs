use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use canonical::UserId;

use super::{
    fences::Fences,
    route_runtime::Wake,
    waiter::{Mailbox, Waiter},
};
use crate::{
    RouteId,
    lane::State,
    store::{LaneRow, Observer},
};

/// Passes on what was committed: wakes dispatchers, tells those who wait for a user, fences off attempts.
#[derive(Debug, Default)]
pub struct Hub {
    wakes: RwLock<HashMap<RouteId, Arc<Wake>>>,
    waiters: Mutex<Waiters>,
    waiting: AtomicUsize,
    pub(super) fences: Fences,
    closed: AtomicBool,
}

/// Who waits for which user.
type Waiters = HashMap<UserId, Vec<Arc<Mailbox>>>;

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
        let mailbox = Arc::<Mailbox>::default();
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut waiters = self.waiters();
        if self.closed.load(Ordering::Acquire) {
            mailbox.close();
        } else {
            waiters.entry(user.clone()).or_default().push(Arc::clone(&mailbox));
        }
        drop(waiters);
        Waiter { hub: Arc::clone(self), user: user.clone(), mailbox }
    }

    /// The waiter of this mailbox has gone.
    pub(super) fn forget(&self, user: &UserId, mailbox: &Arc<Mailbox>) {
        let mut waiters = self.waiters();
        if let Some(of_user) = waiters.get_mut(user) {
            of_user.retain(|other| !Arc::ptr_eq(other, mailbox));
            if of_user.is_empty() {
                waiters.remove(user);
            }
        }
        self.waiting.fetch_sub(1, Ordering::AcqRel);
    }

    /// The routes were replaced: what was waited for may have gone.
    pub(super) fn look_again(&self) {
        self.waiters().values().flatten().for_each(|mailbox| mailbox.look_again());
    }

    /// Ends every wait.
    pub(super) fn close(&self) {
        let mut waiters = self.waiters();
        self.closed.store(true, Ordering::Release);
        waiters.drain().flat_map(|(_, of_user)| of_user).for_each(|mailbox| mailbox.close());
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
            interested.into_iter().flatten().for_each(|mailbox| mailbox.tell(row));
        }
    }
}
