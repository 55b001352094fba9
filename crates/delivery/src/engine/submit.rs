use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use canonical::{Patch, UserId};
use tokio::sync::oneshot;

use super::Engine;
use crate::{
    Millis, RouteId, RouteSet, TraceContext, UpdateId,
    decide::{self, Loaded},
    lane::{Priority, State},
    plan::{self, RoutePlan},
    status::UpdateStatus,
    store::{Accept, AcceptError, Accepted, Actor, IdempotencyKey, LaneRow, Names, Precondition, StoreError},
};

/// One update, as a caller sends it.
#[derive(Debug)]
pub struct Submission {
    /// The id that the update gets.
    pub id: UpdateId,
    /// The user.
    pub user: UserId,
    /// The change.
    pub patch: Patch,
    /// What must hold of the user.
    pub precondition: Precondition,
    /// Names the request.
    pub idempotency: Option<IdempotencyKey>,
    /// Who sends it.
    pub caller: Actor,
    /// Whether a user that was never seen may be created.
    pub may_create: bool,
    /// Whether identities may be changed or removed, and not only set.
    pub may_operate: bool,
    /// The trace that it belongs to.
    pub trace: Option<TraceContext>,
}

/// An update that was taken.
#[derive(Debug)]
pub struct Submitted {
    /// What was stored.
    pub accepted: Accepted,
    /// What has become of it until now.
    pub status: UpdateStatus,
    /// Whether it was waited for, and no route is pending any more.
    pub is_settled: bool,
}

impl Submission {
    fn into_accept(self, routes: &Arc<RouteSet>, grants: Vec<RouteId>, now: Millis) -> Accept {
        Accept {
            id: self.id,
            user: self.user,
            patch: self.patch,
            precondition: self.precondition,
            idempotency: self.idempotency,
            caller: self.caller,
            may_create: self.may_create,
            may_operate: self.may_operate,
            trace: self.trace,
            routes: Arc::clone(routes),
            grants,
            priority: Priority::Interactive,
            now,
        }
    }
}

impl Engine {
    /// Takes an update and, with `wait`, waits until no route of it is pending, at most so long. The update goes on even if the
    /// caller stops waiting for the answer.
    ///
    /// # Errors
    /// Why the update is refused; nothing was stored then.
    pub async fn submit(
        &self,
        submission: Submission,
        wait: Option<Duration>,
    ) -> Result<Submitted, AcceptError> {
        if self.inner.stopping.is_cancelled() {
            return Err(StoreError::Closed.into());
        }
        let engine = self.clone();
        let (mut caller, answer) = oneshot::channel();
        // One task for the whole, so that the caller is woken once.
        self.inner.runtime.spawn(async move {
            let submitted = engine.accept_and_wait(submission, wait, &mut caller).await;
            // A caller that has gone does not want the answer.
            drop(caller.send(submitted));
        });
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the gateway failed".to_owned()).into()))
    }

    async fn accept_and_wait<T>(
        &self,
        submission: Submission,
        wait: Option<Duration>,
        caller: &mut oneshot::Sender<T>,
    ) -> Result<Submitted, AcceptError> {
        // A change that comes between the accept and the registration would be missed.
        let waiter = wait.map(|limit| (self.wait_for(&submission.user), limit));
        let accepted = self.accept_to_the_end(submission).await?;
        let Accepted { update, user, lanes, .. } = &accepted;
        let settled = async {
            let (waiter, limit) = waiter?;
            Some(self.settled(waiter, update, user, lanes.clone(), limit).await)
        };
        let settled = tokio::select! {
            // `biased`, so that one seed gives one run.
            biased;
            settled = settled => settled,
            () = caller.closed() => None,
        };
        let (status, is_settled) = settled.unwrap_or_else(|| (self.status(update, user, lanes), false));
        Ok(Submitted { accepted, status, is_settled })
    }

    async fn accept_to_the_end(&self, submission: Submission) -> Result<Accepted, AcceptError> {
        let current = self.current();
        let now = self.now();
        let grants: Vec<RouteId> = current
            .runtimes
            .iter()
            .filter(|(_, runtime)| runtime.try_grant(now))
            .map(|(route, _)| *route)
            .collect();
        let accept = submission.into_accept(&current.routes, grants.clone(), now);
        let handed_in = Instant::now();
        let mut accepted = self.inner.store.accept(accept).await;
        if accepted.is_ok() {
            self.inner.telemetry.accepted(handed_in.elapsed());
        }
        let work = accepted.as_mut().map(|accepted| std::mem::take(&mut accepted.work)).unwrap_or_default();
        for route in grants {
            if !work.iter().any(|work| work.route == route)
                && let Some(runtime) = current.runtimes.get(&route)
            {
                runtime.give_back_grant();
            }
        }
        for work in work {
            let Some(runtime) = current.runtimes.get(&work.route) else { continue };
            runtime.note_claimed(1, 0, now);
            self.send(&current, runtime, work);
        }
        accepted
    }

    /// What an update would send, without storing or sending anything.
    ///
    /// # Errors
    /// Why the update would be refused.
    pub async fn plan(&self, submission: Submission) -> Result<BTreeMap<String, RoutePlan>, AcceptError> {
        let snapshot = self.inner.store.user(&submission.user).await?;
        let accept = submission.into_accept(&self.routes(), Vec::new(), self.now());
        let user = snapshot.as_ref().map(|snapshot| &snapshot.user);
        let taken = self.inner.store.taken(&accept.user, plan::subject_keys(&accept, user)).await?;
        let manager = match decide::next_manager(&accept, user) {
            Some(manager) => self.names_of(&manager).await?,
            None => Names::default(),
        };
        let (user, lanes) = snapshot.map(|snapshot| (snapshot.user, snapshot.lanes)).unzip();
        let loaded = Loaded { user, lanes: lanes.unwrap_or_default(), taken, manager };
        plan::plan(&accept, loaded)
    }

    /// How the routes name a user.
    async fn names_of(&self, user: &UserId) -> Result<Names, StoreError> {
        let routes = self.routes();
        let lanes = self.inner.store.user(user).await?.map(|snapshot| snapshot.lanes).unwrap_or_default();
        let name = |row: &LaneRow| Some((routes.get(row.route)?.name.clone(), row.lane.subject.clone()?));
        Ok(lanes.iter().filter(|row| row.lane.state != State::Erased).filter_map(name).collect())
    }
}
