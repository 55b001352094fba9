use std::{collections::BTreeMap, sync::Arc};

use canonical::{Patch, UserId};

use super::Engine;
use crate::{
    Millis, RouteSet,
    decide::Loaded,
    lane::Priority,
    plan::{self, RoutePlan},
    store::{
        Accept, AcceptError, Accepted, Actor, IdempotencyKey, Precondition, RouteId, StoreError, UpdateId,
    },
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
            routes: Arc::clone(routes),
            grants,
            priority: Priority::Interactive,
            now,
        }
    }
}

impl Engine {
    /// Takes an update. It goes on even if the caller stops waiting for the answer.
    ///
    /// # Errors
    /// Why the update is refused; nothing was stored then.
    pub async fn accept(&self, submission: Submission) -> Result<Accepted, AcceptError> {
        if self.inner.stopping.is_cancelled() {
            return Err(StoreError::Closed.into());
        }
        let engine = self.clone();
        let task = self.inner.runtime.spawn(async move { engine.accept_to_the_end(submission).await });
        task.await.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the gateway failed".to_owned()).into()))
    }

    async fn accept_to_the_end(&self, submission: Submission) -> Result<Accepted, AcceptError> {
        let current = self.current();
        let now = self.now();
        let grants: Vec<RouteId> =
            current.lines.iter().filter(|(_, line)| line.try_grant(now)).map(|(route, _)| *route).collect();
        let accept = submission.into_accept(&current.routes, grants.clone(), now);
        let mut accepted = self.inner.store.accept(accept).await;
        let work = accepted.as_mut().map(|accepted| std::mem::take(&mut accepted.work)).unwrap_or_default();
        for route in grants {
            if !work.iter().any(|work| work.route == route)
                && let Some(line) = current.lines.get(&route)
            {
                line.give_back_grant();
            }
        }
        for work in work {
            let Some(line) = current.lines.get(&work.route) else { continue };
            line.note_claimed(1, 0, now);
            self.send(&current, line, work);
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
        let (user, lanes) = snapshot.map(|snapshot| (snapshot.user, snapshot.lanes)).unzip();
        let loaded = Loaded { user, lanes: lanes.unwrap_or_default(), taken };
        plan::plan(&accept, loaded)
    }
}
