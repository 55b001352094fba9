use std::{collections::BTreeMap, sync::Arc, time::Duration};

use adapter::ErrorKind;
use canonical::UserId;
use futures_util::future::join_all;
use tokio::time::Instant;

use super::{
    Engine,
    look::{Compared, LookError, Question},
    read::reader,
};
use crate::{
    RouteId, decide,
    drift::{Belief, Finding, Verification, Verified, VerifyOutcome},
    event::Drift,
    lane::Rearm,
    reading::ReadError,
    store::{Actor, RearmTarget, StoreError, UserSnapshot},
};

impl Engine {
    /// Compares users as [`Engine::verify`] does, and keeps what came of it: whether a route drifts, and who wanted to know.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn verify_as(
        &self,
        users: Vec<UserId>,
        route: Option<RouteId>,
        limit: Duration,
        by: Actor,
    ) -> Result<Verification, StoreError> {
        let engine = self.clone();
        self.to_the_end(async move {
            let verification = engine.verify(users, route, limit).await?;
            for (route, drift) in Drift::of(&verification) {
                engine.note_drift(route, &drift).await?;
            }
            let entry = decide::verify_audit(&verification, route, by, engine.now());
            engine.inner.store.audit(entry).await?;
            Ok(verification)
        })
        .await
    }

    /// Compares users, at one route or at all, with what the gateway believes of them; begins with no further user when `limit` has
    /// passed. A route that cannot be read for a reason of its own is not asked again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn verify(
        &self,
        users: Vec<UserId>,
        route: Option<RouteId>,
        limit: Duration,
    ) -> Result<Verification, StoreError> {
        let end = Instant::now() + limit;
        let mut verification = Verification::default();
        let mut failed: BTreeMap<RouteId, ReadError> = BTreeMap::new();
        for user in users {
            if Instant::now() >= end {
                verification.unreached.push(user);
                continue;
            }
            let Some(snapshot) = self.store().user(&user).await? else { continue };
            if snapshot.user.erased_at.is_some() {
                continue;
            }
            for verified in self.verify_user(&snapshot, route, &failed).await? {
                if let VerifyOutcome::Unread(error) = &verified.outcome
                    && error.is_about_the_route()
                {
                    failed.insert(verified.route, error.clone());
                }
                verification.results.push(verified);
            }
        }
        Ok(verification)
    }

    /// Compares one user at all routes at once: each has its own rate.
    async fn verify_user(
        &self,
        snapshot: &UserSnapshot,
        route: Option<RouteId>,
        failed: &BTreeMap<RouteId, ReadError>,
    ) -> Result<Vec<Verified>, StoreError> {
        let routes = self.routes();
        let wanted = routes.iter().map(|(id, _)| id).filter(|id| route.is_none_or(|route| route == *id));
        let each = wanted.map(async |id| {
            let mut verified = Verified {
                user: snapshot.id.clone(),
                route: id,
                outcome: VerifyOutcome::NotServed,
                kept: BTreeMap::new(),
            };
            match failed.get(&id) {
                Some(error) => verified.outcome = VerifyOutcome::Unread(error.clone()),
                None => self.verify_at(snapshot, &mut verified).await?,
            }
            Ok(verified)
        });
        join_all(each).await.into_iter().collect()
    }

    /// Compares one user at one route.
    async fn verify_at(&self, snapshot: &UserSnapshot, verified: &mut Verified) -> Result<(), StoreError> {
        let (routes, id) = (self.routes(), verified.route);
        let Some(route) = routes.get(id) else { return Ok(()) };
        let Some(question) =
            Question::new(snapshot, id, route).filter(|_| route.serves(&snapshot.user.profile))
        else {
            return Ok(());
        };
        if let Err(error) = reader(route) {
            verified.outcome = VerifyOutcome::Unread(error);
            return Ok(());
        }
        let belief = Belief::of(route, &snapshot.user, question.lane);
        if belief.is_empty() {
            verified.outcome = VerifyOutcome::Compared(belief.open());
            return Ok(());
        }
        verified.outcome = match self.compare(snapshot, &question, &belief).await {
            Ok(compared) => {
                self.forget_gone(&question, &compared).await?;
                verified.kept = compared.kept;
                VerifyOutcome::Compared(compared.findings)
            }
            Err(LookError::NoIdentity) => VerifyOutcome::NotServed,
            Err(LookError::Store(error)) => return Err(error),
            Err(LookError::Read(ReadError::Refused(error))) if error.kind == ErrorKind::NotFound => {
                VerifyOutcome::Gone
            }
            Err(LookError::Read(ReadError::Refused(error))) if error.kind == ErrorKind::WrongSubject => {
                VerifyOutcome::AnotherPerson
            }
            Err(LookError::Read(error)) => VerifyOutcome::Unread(error),
        };
        Ok(())
    }

    /// Forgets what the vendor was seen not to keep any more, unless something was sent since it was asked.
    async fn forget_gone(&self, question: &Question<'_>, compared: &Compared) -> Result<(), StoreError> {
        let gone = compared.kept.iter().filter(|(_, found)| found.finding == Finding::KeptNoMore);
        let slots: Vec<_> = gone.map(|(slot, _)| Arc::clone(slot)).collect();
        let Some(lane) = question.lane_id.filter(|_| !slots.is_empty()) else { return Ok(()) };
        let rearm = Rearm::KeptNoMore { slots, epoch: Some(question.lane.epoch) };
        self.rearm(rearm, RearmTarget::Lanes(vec![lane]), Actor::gateway()).await?;
        Ok(())
    }
}
