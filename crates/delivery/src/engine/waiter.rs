use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use canonical::UserId;
use tokio::sync::Notify;

use super::Hub;
use crate::{RouteId, store::LaneRow};

/// Sees every committed change of one user's lanes from its registration on.
#[derive(Debug)]
pub struct Waiter {
    pub(super) hub: Arc<Hub>,
    pub(super) user: UserId,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Waiter {
    /// Waits until `pending` finds no route pending in the newest rows: in `read`, as far as nothing newer was committed since
    /// the registration. Ends as well when the gateway stops.
    pub(super) async fn until_none(&self, read: Vec<LaneRow>, pending: impl Fn(&[LaneRow]) -> Vec<RouteId>) {
        self.mailbox.news().take_in(read);
        while !self.mailbox.news().is_over(&pending) {
            self.mailbox.bell.notified().await;
        }
    }

    /// The newest rows.
    pub(super) fn into_lanes(self) -> Vec<LaneRow> {
        mem::take(&mut self.mailbox.news().lanes)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.hub.forget(&self.user, &self.mailbox);
    }
}

/// What a waiter is told. It is woken only when a look can pay: a route that is pending stays so until its lane changes, so
/// the lanes of all pending routes must have changed.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    news: Mutex<News>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct News {
    /// The newest row of each lane that is known.
    lanes: Vec<LaneRow>,
    /// The routes that were pending at the last look and whose lanes have not changed since.
    unchanged: Vec<RouteId>,
    closed: bool,
}

impl Mailbox {
    /// A lane was committed.
    pub(super) fn tell(&self, row: &LaneRow) {
        if self.news().put(row) {
            self.bell.notify_one();
        }
    }

    /// Something else was changed that may end the wait.
    pub(super) fn look_again(&self) {
        self.news().unchanged.clear();
        self.bell.notify_one();
    }

    /// Nothing will be told any more.
    pub(super) fn close(&self) {
        self.news().closed = true;
        self.bell.notify_one();
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl News {
    /// Rows that were read from the store. One that was committed meanwhile is the later one if its revision is no lower.
    fn take_in(&mut self, read: Vec<LaneRow>) {
        for row in read {
            match self.lanes.iter_mut().find(|known| known.route == row.route) {
                Some(known) if age(known) >= age(&row) => {}
                Some(known) => *known = row,
                None => self.lanes.push(row),
            }
        }
    }

    /// Takes a row that was committed; whether it was the last one to wait for.
    fn put(&mut self, row: &LaneRow) -> bool {
        match self.lanes.iter_mut().find(|known| known.route == row.route) {
            // The commit of what was read, or one from before.
            Some(known) if known.lane == row.lane || age(known) > age(row) => return false,
            Some(known) => *known = row.clone(),
            None => self.lanes.push(row.clone()),
        }
        let before = self.unchanged.len();
        self.unchanged.retain(|route| *route != row.route);
        before > 0 && self.unchanged.is_empty()
    }

    fn is_over(&mut self, pending: impl Fn(&[LaneRow]) -> Vec<RouteId>) -> bool {
        if self.unchanged.is_empty() {
            self.unchanged = pending(&self.lanes);
        }
        self.unchanged.is_empty() || self.closed
    }
}

/// Which of two rows of a lane is the later one.
fn age(row: &LaneRow) -> u64 {
    row.lane.revision
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::{
        lane::{Lane, State, WaitCause},
        store::Observer,
    };

    fn user() -> UserId {
        "crm-42".parse().expect("an id")
    }

    fn row(route: i64, state: State, revision: u64) -> LaneRow {
        LaneRow { id: None, route: RouteId(route), lane: Lane { state, revision, ..Lane::default() }.into() }
    }

    fn in_flight(lanes: &[LaneRow]) -> Vec<RouteId> {
        lanes.iter().filter(|row| row.lane.state == State::InFlight).map(|row| row.route).collect()
    }

    /// Two lanes in flight, the first of which was told before it was read.
    fn read(hub: &Hub) -> Vec<LaneRow> {
        hub.committed(&[(user(), row(1, State::Ready, 0)), (user(), row(1, State::InFlight, 1))]);
        vec![row(1, State::InFlight, 1), row(2, State::InFlight, 1)]
    }

    #[test]
    fn a_waiter_looks_again_only_when_every_pending_lane_has_changed() {
        let hub = Hub::new();
        let waiter = hub.wait_for(&user());
        let looks = AtomicUsize::new(0);
        let look = |lanes: &[LaneRow]| {
            looks.fetch_add(1, Ordering::Relaxed);
            in_flight(lanes)
        };
        let read = read(&hub);
        let mut waiting = Box::pin(waiter.until_none(read, look));
        let mut poll = || waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll(), Poll::Pending);
        hub.committed(&[(user(), row(2, State::InFlight, 1)), (user(), row(1, State::Idle, 1))]);
        assert_eq!((poll(), looks.load(Ordering::Relaxed)), (Poll::Pending, 1));
        hub.committed(&[(user(), row(2, State::Wait(WaitCause::Backoff), 1))]);
        hub.committed(&[(user(), row(2, State::InFlight, 2)), (user(), row(2, State::Idle, 1))]);
        assert_eq!((poll(), looks.load(Ordering::Relaxed)), (Poll::Pending, 2));
        hub.committed(&[(user(), row(2, State::Idle, 2))]);
        assert_eq!((poll(), looks.load(Ordering::Relaxed)), (Poll::Ready(()), 3));
        drop(waiting);
        assert_eq!(waiter.into_lanes(), [row(1, State::Idle, 1), row(2, State::Idle, 2)]);
    }

    #[test]
    fn new_routes_let_a_waiter_look_again_and_a_stop_ends_the_wait() {
        for stops in [false, true] {
            let hub = Hub::new();
            let waiter = hub.wait_for(&user());
            let configured = AtomicUsize::new(2);
            let look = |lanes: &[LaneRow]| {
                let pending = in_flight(lanes);
                pending.into_iter().take(configured.load(Ordering::Relaxed)).collect()
            };
            let read = read(&hub);
            let mut waiting = pin!(waiter.until_none(read, look));
            let mut poll = || waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(poll(), Poll::Pending);
            if stops {
                hub.close();
                let late = hub.wait_for(&user());
                let mut late = pin!(late.until_none(vec![row(1, State::InFlight, 1)], in_flight));
                assert!(late.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
            } else {
                configured.store(0, Ordering::Relaxed);
                hub.look_again();
            }
            assert_eq!(poll(), Poll::Ready(()));
        }
    }
}
