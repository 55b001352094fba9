use std::sync::Arc;

use super::{Engine, route_runtime::RouteRuntime};
use crate::{
    LaneId, RouteId, decide,
    gate::{Pause, PauseReason, Probe},
    lane::Rearm,
    store::{Actor, Enrol, Erase, Erased, Precondition, RearmTarget, StoreError},
};
use canonical::UserId;

impl Engine {
    /// Stops sending at a route until it is resumed.
    ///
    /// # Errors
    /// When the store fails; the route then goes on.
    pub async fn pause(&self, route: RouteId, by: Actor) -> Result<(), StoreError> {
        let pause = Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 };
        self.set_pause(route, Some(pause), by).await
    }

    /// Sends again at a route, whatever it was paused for.
    ///
    /// # Errors
    /// When the store fails; the route then stays paused.
    pub async fn resume(&self, route: RouteId, by: Actor) -> Result<(), StoreError> {
        self.set_pause(route, None, by).await
    }

    async fn set_pause(&self, route: RouteId, pause: Option<Pause>, by: Actor) -> Result<(), StoreError> {
        let engine = self.clone();
        self.to_the_end(async move {
            // A route that is not configured now has no gate, and is found as it is stored when it returns.
            let runtime = engine.runtime(route);
            let _turn = match &runtime {
                Some(runtime) => Some(runtime.steering().lock().await),
                None => None,
            };
            let present = runtime.as_ref().and_then(|runtime| runtime.gate().pause());
            // What a route was paused for because of another person is not forgotten over a pause by hand.
            let pause = pause.map(|pause| present.filter(is_wrong_subject).unwrap_or(pause));
            engine.inner.store.set_pause(route, pause, by, engine.now()).await?;
            engine.inner.watch.tell();
            if let Some(runtime) = &runtime {
                let now = runtime.gate().pause();
                let has_arisen = now.map(|now| now.reason) != present.map(|present| present.reason);
                if now.is_some_and(|now| has_arisen && (pause.is_none() || is_wrong_subject(&now))) {
                    // Nobody has seen it yet; it is stored when this turn is over.
                    return Ok(());
                }
                runtime.set_pause(pause);
                if pause.is_none() {
                    runtime.release(engine.now());
                }
            }
            Ok(())
        })
        .await
    }

    /// Has one request of a route tried at once, although the route is paused, its breaker open, or its vendor has asked for a
    /// pause.
    ///
    /// # Errors
    /// When the store fails; nothing is tried then.
    pub async fn probe(&self, route: RouteId, by: Actor) -> Result<Probe, StoreError> {
        let Some(runtime) = self.runtime(route) else { return Ok(Probe::Stopped) };
        let engine = self.clone();
        self.to_the_end(async move {
            if runtime.gate().would_probe(engine.now()) == Probe::Begun {
                // With the credential that is there now; it may be in a slow place.
                let reading = engine.clone();
                drop(tokio::task::spawn_blocking(move || reading.refresh_credential(route)).await);
            }
            let _turn = runtime.steering().lock().await;
            let now = engine.now();
            let probe = runtime.gate().would_probe(now);
            if probe == Probe::Begun {
                engine.inner.store.audit(decide::probe_audit(route, by, now)).await?;
                runtime.gate().probe(now);
                // Of those who wait for the route, one goes.
                runtime.release(now);
            }
            Ok(probe)
        })
        .await
    }

    /// A route of the present configuration.
    fn runtime(&self, route: RouteId) -> Option<Arc<RouteRuntime>> {
        self.current().runtimes.get(&route).map(Arc::clone)
    }

    /// Answers everybody who waits for a route to settle, because the gateway stops.
    pub fn release_waiters(&self) {
        self.inner.hub.close();
    }

    /// Sends everything that a route carries again, as bulk, also for users who have no lane there yet; answers how many lanes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn resync(&self, route: RouteId, by: Actor) -> Result<u64, StoreError> {
        let engine = self.clone();
        self.to_the_end(async move {
            let resent = engine.rearm(Rearm::Resync, RearmTarget::Route(route), by).await?;
            let enrol = Enrol { route, routes: engine.routes(), now: engine.now() };
            Ok(resent + engine.inner.store.enrol(enrol).await?)
        })
        .await
    }

    /// Forgets what the vendor of a route keeps of users although it is not theirs any more, because somebody has put it right there:
    /// of the user of one lane, or of all. Answers of how many. Where a lost request may still arrive, nothing is forgotten.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_kept(
        &self,
        route: RouteId,
        lane: Option<LaneId>,
        by: Actor,
    ) -> Result<u64, StoreError> {
        let target = lane.map_or(RearmTarget::Route(route), |lane| RearmTarget::Lanes(vec![lane]));
        self.rearm(Rearm::KeptNoMore { slots: Vec::new(), epoch: None }, target, by).await
    }

    /// Forgets a user; none when there is no such user.
    ///
    /// # Errors
    /// When the precondition does not hold, or the store fails.
    pub async fn erase(
        &self,
        user: UserId,
        precondition: Precondition,
        by: Actor,
    ) -> Result<Option<Erased>, StoreError> {
        let routes = self.routes();
        self.inner.store.erase(Erase { user, precondition, by, routes, now: self.now() }).await
    }

    /// Reads all credentials where they are kept. A route whose credential was replaced is probed at once, if it is paused.
    pub fn refresh_credentials(&self) {
        let routes: Vec<RouteId> = self.current().runtimes.keys().copied().collect();
        routes.into_iter().for_each(|route| self.refresh_credential(route));
    }

    pub(super) fn refresh_credential(&self, route: RouteId) {
        let current = self.current();
        let (Some(runtime), Some(route)) = (current.runtimes.get(&route), current.routes.get(route)) else {
            return;
        };
        if route.transport.refresh_credential() {
            tracing::info!(
                route = route.name,
                "the credential was replaced; the new one is used from now on"
            );
            runtime.gate().reconfigured(&route.limits, self.now());
            runtime.wake().ring();
        }
    }
}

fn is_wrong_subject(pause: &Pause) -> bool {
    pause.reason == PauseReason::WrongSubject
}
