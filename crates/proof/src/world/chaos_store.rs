//! The store in memory with delays, faults and crashes around every commit.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId, RouteSet, UpdateId,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditRow},
    event::{Condition, Event as OperatorEvent, Facts},
    gate::Pause,
    lane::Version,
    store::{
        Accept, AcceptError, Accepted, Actor, AttemptView, Audit, ClaimDue, Claimed, Enrol, Erase, Erased,
        LaneFilter, LaneView, Lanes, Note, Outbox, Pass, Passed, Reads, RearmLanes, RegisteredRoute, Rekeyed,
        Rekeying, RouteCounts, RouteRegistration, Settled, Settlement, StoreError, Sweep, UpdateCursor,
        UpdateRow, Upkeep, UserSnapshot, WithoutIdentity, Work,
    },
};
use testkit::memory_store::{CommitFailure, MemoryStore};
use tokio::time::sleep;

use super::{agenda::Event, people, routes::NAMES, script::StoreFault, shared::Shared};

/// The store of one process.
pub(crate) struct ChaosStore {
    pub(crate) inner: Arc<MemoryStore>,
    pub(crate) shared: Arc<Shared>,
}

impl ChaosStore {
    async fn commit<T, E: From<StoreError> + fmt::Debug>(
        &self,
        what: &str,
        operation: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.shared.effect(format!("before {what}")).await;
        self.pause().await;
        let fault = self.shared.lock().store_fault.take();
        match fault {
            Some(StoreFault::Full) => self.inner.fail_next_commit(CommitFailure::Full),
            Some(StoreFault::Lost) => self.fail_for_good(CommitFailure::Lost),
            Some(StoreFault::Done) => self.fail_for_good(CommitFailure::Done),
            None => {}
        }
        let result = operation.await;
        let how = if result.is_ok() { "done" } else { "failed" };
        self.shared.effect(format!("after {what}: {how}")).await;
        self.pause().await;
        result
    }

    /// A process whose commit has failed takes nothing more and ends within seconds.
    fn fail_for_good(&self, failure: CommitFailure) {
        self.inner.fail_next_commit(failure);
        let mut state = self.shared.lock();
        let at = state.now() + state.dice.range(0, 5_000);
        state.later(at, Event::Exit);
        drop(state);
        self.shared.changed.notify_one();
    }

    async fn pause(&self) {
        let delay = {
            let mut state = self.shared.lock();
            let most = state.store_delay;
            if most == 0 { 0 } else { state.dice.below(most) }
        };
        if delay > 0 {
            sleep(Duration::from_millis(delay)).await;
        }
    }

    /// Whose claim it is that a route's next request about a subject belongs to.
    fn note_owners(&self, routes: &RouteSet, work: &[Work]) {
        let mut state = self.shared.lock();
        for work in work {
            let Some(route) = usize::try_from(work.route.0 - 1).ok().filter(|at| *at < NAMES.len()) else {
                continue;
            };
            let user =
                (0..self.shared.options.users).find(|user| people::user_id(*user) == work.user.to_string());
            if !self.shared.options.wide_sets {
                state.manners.claimed(route, work);
            }
            if let Some(user) = user {
                state.owners.insert((route, work.claim.subject.clone()), user);
                let now = state.now();
                state.record.claimed(route, user, routes, work, now);
            }
        }
    }
}

#[async_trait]
impl Lanes for ChaosStore {
    async fn register_routes(
        &self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        self.commit("register", self.inner.register_routes(routes)).await
    }

    async fn start(&self, windows: Vec<(RouteId, Millis)>, now: Millis) -> Result<u64, StoreError> {
        self.commit("start", self.inner.start(windows, now)).await
    }

    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError> {
        let routes = Arc::clone(&accept.routes);
        let accepted = self.commit("accept", self.inner.accept(accept)).await?;
        self.note_owners(&routes, &accepted.work);
        Ok(accepted)
    }

    async fn claim(&self, claim: ClaimDue) -> Result<Claimed, StoreError> {
        let routes = Arc::clone(&claim.routes);
        let claimed = self.commit("claim", self.inner.claim(claim)).await?;
        self.note_owners(&routes, &claimed.work);
        Ok(claimed)
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        self.commit("settle", self.inner.settle(settlement)).await
    }

    async fn is_of_another(&self, route: RouteId, lane: LaneId, witness: String) -> Result<bool, StoreError> {
        self.inner.is_of_another(route, lane, witness).await
    }

    async fn rekey(&self, rekeying: Rekeying) -> Result<Rekeyed, StoreError> {
        self.commit("rekey", self.inner.rekey(rekeying)).await
    }

    async fn erase(&self, erase: Erase) -> Result<Option<Erased>, StoreError> {
        self.commit("erase", self.inner.erase(erase)).await
    }

    async fn rearm(&self, rearm: RearmLanes) -> Result<u64, StoreError> {
        self.commit("rearm", self.inner.rearm(rearm)).await
    }

    async fn pass(&self, pass: Pass) -> Result<Passed, StoreError> {
        let passed = self.commit("pass", self.inner.pass(pass)).await;
        self.shared.lock().note(format_args!("passed {passed:?}"));
        passed
    }

    async fn enrol(&self, enrol: Enrol) -> Result<u64, StoreError> {
        self.commit("enrol", self.inner.enrol(enrol)).await
    }

    async fn set_pause(
        &self,
        route: RouteId,
        pause: Option<Pause>,
        by: Actor,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.commit("set pause", self.inner.set_pause(route, pause, by, now)).await
    }
}

#[async_trait]
impl Reads for ChaosStore {
    async fn user(&self, user: &UserId) -> Result<Option<UserSnapshot>, StoreError> {
        self.inner.user(user).await
    }

    async fn update(&self, id: UpdateId) -> Result<Option<UpdateRow>, StoreError> {
        self.inner.update(id).await
    }

    async fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Result<Vec<UpdateRow>, StoreError> {
        self.inner.updates_of(user, after, limit).await
    }

    async fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Result<Vec<RouteId>, StoreError> {
        self.inner.taken(user, keys).await
    }

    async fn lanes(&self, filter: LaneFilter) -> Result<Vec<LaneView>, StoreError> {
        self.inner.lanes(filter).await
    }

    async fn last_lane(&self) -> Result<Option<LaneId>, StoreError> {
        self.inner.last_lane().await
    }

    async fn attempts(&self, lane: LaneId, limit: u32) -> Result<Vec<AttemptView>, StoreError> {
        self.inner.attempts(lane, limit).await
    }

    async fn without_identity(&self, wanted: WithoutIdentity) -> Result<Vec<(UserId, Version)>, StoreError> {
        self.inner.without_identity(wanted).await
    }

    async fn counts(&self, route: RouteId) -> Result<RouteCounts, StoreError> {
        self.inner.counts(route).await
    }
}

#[async_trait]
impl Audit for ChaosStore {
    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError> {
        self.commit("audit", self.inner.audit(entry)).await
    }

    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        self.inner.audit_log(filter).await
    }

    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.inner.audit_chain(after, limit).await
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.inner.audit_head().await
    }
}

#[async_trait]
impl Outbox for ChaosStore {
    async fn note(&self, note: Note) -> Result<bool, StoreError> {
        self.commit("note", self.inner.note(note)).await
    }

    async fn conditions(&self) -> Result<Vec<(RouteId, Condition, Facts)>, StoreError> {
        self.inner.conditions().await
    }

    async fn events(&self, after: i64, limit: u32) -> Result<Vec<OperatorEvent>, StoreError> {
        self.inner.events(after, limit).await
    }

    async fn subscribe(&self, webhook: String) -> Result<i64, StoreError> {
        self.commit("subscribe", self.inner.subscribe(webhook)).await
    }

    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError> {
        self.commit("told", self.inner.told(webhook, seq)).await
    }
}

#[async_trait]
impl Upkeep for ChaosStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.commit("check", self.inner.check()).await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError> {
        self.commit("sweep", self.inner.sweep(sweep)).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
impl fmt::Debug for ChaosStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChaosStore")
    }
}
