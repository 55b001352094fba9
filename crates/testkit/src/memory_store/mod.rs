//! A store in memory, for tests of engines: the same pure functions as every other store, nothing durable.

mod accept;
mod audit;
mod claim;
mod events;
mod read;
mod routes;
mod state;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId, UpdateId,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditRow},
    event::{self, Event},
    gate::Pause,
    lane::Version,
    store::{
        Accept, AcceptError, Accepted, Actor, AttemptView, Audit, ClaimDue, Claimed, Enrol, Erase, Erased,
        LaneFilter, LaneView, Lanes, Note, Observer, Outbox, Pass, Passed, Reads, RearmLanes,
        RegisteredRoute, Rekeyed, Rekeying, RouteCounts, RouteRegistration, Settled, Settlement, StoreError,
        Sweep, UpdateCursor, UpdateRow, Upkeep, UserSnapshot, WithoutIdentity,
    },
};

use state::State;

/// A store that forgets everything when it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
    observer: Arc<dyn Observer>,
    /// How long after its commit a change of a route is answered, in milliseconds.
    delay: AtomicU64,
    counted: AtomicUsize,
}

/// How a commit goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitFailure {
    /// The disk is full: nothing is done, and the store goes on.
    Full,
    /// The outcome is unknown, the change is lost, and the store takes nothing more.
    Lost,
    /// The outcome is unknown, the change is done, and the store takes nothing more.
    Done,
}

#[derive(Debug, Default)]
struct Inner {
    state: State,
    fault: Option<CommitFailure>,
    condition: Condition,
}

#[derive(Debug, Default)]
enum Condition {
    #[default]
    Open,
    Closed,
    Failed,
}

impl MemoryStore {
    /// An empty store that tells `observer` of every change.
    pub fn new(observer: Arc<dyn Observer>) -> Self {
        Self {
            inner: Mutex::default(),
            observer,
            delay: AtomicU64::default(),
            counted: AtomicUsize::default(),
        }
    }

    /// Makes the next change go wrong.
    pub fn fail_next_commit(&self, failure: CommitFailure) {
        self.lock().fault = Some(failure);
    }

    /// From now on a change of a route is answered so many milliseconds after it was made.
    pub fn answer_late(&self, delay: u64) {
        self.delay.store(delay, Ordering::Relaxed);
    }

    /// Ends what a failed commit began, as a new process on the same data would.
    pub fn reopen(&self) {
        self.lock().condition = Condition::Open;
    }

    /// Whether a pass over the lanes of a changed route has yet to come to its end.
    pub fn has_passes(&self) -> bool {
        !self.lock().state.passes.is_empty()
    }

    /// The pause of a route that the next process would find.
    pub fn pause_of(&self, route: RouteId) -> Option<Pause> {
        self.lock().state.pause_of(route)
    }

    /// How often the users of a route were counted.
    pub fn counted(&self) -> usize {
        self.counted.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut inner = self.lock();
        inner.check()?;
        let fault = inner.fault.take();
        if fault == Some(CommitFailure::Full) {
            return Err(StoreError::Full.into());
        }
        if matches!(fault, Some(CommitFailure::Lost | CommitFailure::Done)) {
            inner.condition = Condition::Failed;
            if fault == Some(CommitFailure::Done) {
                change(&mut inner.state)?;
            }
            inner.state.changed.clear();
            return Err(failed().into());
        }
        let result = change(&mut inner.state);
        let changed = std::mem::take(&mut inner.state.changed);
        if !changed.is_empty() {
            // Under the lock, so that changes are told in the order in which they were made.
            self.observer.committed(&changed);
        }
        result
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, StoreError> {
        let inner = self.lock();
        inner.check()?;
        Ok(read(&inner.state))
    }
}

impl Inner {
    fn check(&self) -> Result<(), StoreError> {
        match self.condition {
            Condition::Open => Ok(()),
            Condition::Closed => Err(StoreError::Closed),
            Condition::Failed => Err(failed()),
        }
    }
}

fn failed() -> StoreError {
    StoreError::OutcomeUnknown("a commit was made to fail".to_owned())
}

#[async_trait]
impl Lanes for MemoryStore {
    async fn register_routes(
        &self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        self.change(|state| state.register(routes))
    }

    async fn start(&self, windows: Vec<(RouteId, Millis)>, now: Millis) -> Result<u64, StoreError> {
        self.change(|state| Ok(state.start(&windows, now)))
    }

    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError> {
        let accepted = self.change(|state| state.accept(&accept));
        // The answer comes after the commit, and whoever waits for it may have gone meanwhile.
        tokio::task::yield_now().await;
        accepted
    }

    async fn claim(&self, claim: ClaimDue) -> Result<Claimed, StoreError> {
        self.change(|state| Ok(state.claim(&claim)))
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        self.change(|state| Ok(state.settle(settlement)))
    }

    async fn is_of_another(&self, route: RouteId, lane: LaneId, witness: String) -> Result<bool, StoreError> {
        self.read(|state| state.is_of_another(route, lane, &witness))
    }

    async fn rekey(&self, rekeying: Rekeying) -> Result<Rekeyed, StoreError> {
        self.change(|state| Ok(state.rekey(rekeying)))
    }

    async fn erase(&self, erase: Erase) -> Result<Option<Erased>, StoreError> {
        self.change(|state| state.erase(&erase))
    }

    async fn rearm(&self, rearm: RearmLanes) -> Result<u64, StoreError> {
        self.change(|state| Ok(state.rearm(&rearm)))
    }

    async fn pass(&self, pass: Pass) -> Result<Passed, StoreError> {
        self.change(|state| Ok(state.pass(&pass)))
    }

    async fn enrol(&self, enrol: Enrol) -> Result<u64, StoreError> {
        self.change(|state| Ok(state.enrol(&enrol)))
    }

    async fn set_pause(
        &self,
        route: RouteId,
        pause: Option<Pause>,
        by: Actor,
        now: Millis,
    ) -> Result<(), StoreError> {
        let stored = self.change(|state| {
            state.set_pause(route, pause, &by, now);
            Ok(())
        });
        tokio::time::sleep(Duration::from_millis(self.delay.load(Ordering::Relaxed))).await;
        stored
    }
}

#[async_trait]
impl Reads for MemoryStore {
    async fn user(&self, user: &UserId) -> Result<Option<UserSnapshot>, StoreError> {
        self.read(|state| state.snapshot(user))
    }

    async fn update(&self, id: UpdateId) -> Result<Option<UpdateRow>, StoreError> {
        self.read(|state| state.updates.get(&id).cloned())
    }

    async fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Result<Vec<UpdateRow>, StoreError> {
        self.read(|state| state.updates_of(user, after, limit))
    }

    async fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Result<Vec<RouteId>, StoreError> {
        self.read(|state| state.taken(user, keys))
    }

    async fn lanes(&self, filter: LaneFilter) -> Result<Vec<LaneView>, StoreError> {
        self.read(|state| state.list(&filter))
    }

    async fn last_lane(&self) -> Result<Option<LaneId>, StoreError> {
        self.read(|state| state.lanes.iter().filter_map(|(_, row)| row.id).max())
    }

    async fn attempts(&self, lane: LaneId, limit: u32) -> Result<Vec<AttemptView>, StoreError> {
        self.read(|state| state.attempts_of(lane, limit))
    }

    async fn without_identity(&self, wanted: WithoutIdentity) -> Result<Vec<(UserId, Version)>, StoreError> {
        self.read(|state| state.without_identity(&wanted))
    }

    async fn counts(&self, route: RouteId) -> Result<RouteCounts, StoreError> {
        self.counted.fetch_add(1, Ordering::Relaxed);
        self.read(|state| state.counts(route))
    }
}

#[async_trait]
impl Audit for MemoryStore {
    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError> {
        self.change(|state| {
            state.audit(entry);
            Ok(())
        })
    }

    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|state| state.audit_log(&filter))
    }

    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|state| state.audit_chain(after, limit))
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.read(State::audit_head)
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn note(&self, note: Note) -> Result<bool, StoreError> {
        self.change(|state| Ok(state.note(&note)))
    }

    async fn conditions(&self) -> Result<Vec<(RouteId, event::Condition, event::Facts)>, StoreError> {
        let row = |(key, facts): (&(RouteId, event::Condition), &event::Facts)| (key.0, key.1, facts.clone());
        self.read(|state| state.events.conditions.iter().map(row).collect())
    }

    async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.read(|state| state.list_events(after, limit))
    }

    async fn subscribe(&self, webhook: String) -> Result<i64, StoreError> {
        self.change(|state| Ok(state.events.subscribe(webhook)))
    }

    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError> {
        self.change(|state| {
            state.events.told(&webhook, seq);
            Ok(())
        })
    }
}

#[async_trait]
impl Upkeep for MemoryStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.change(|_| Ok(()))
    }

    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError> {
        self.change(|state| Ok(state.sweep(sweep)))
    }

    async fn close(&self) {
        self.lock().condition = Condition::Closed;
    }
}
