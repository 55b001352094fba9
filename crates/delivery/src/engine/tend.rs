use std::{sync::Arc, time::Duration};

use super::{Engine, route_runtime::RouteRuntime};
use crate::{
    failure::Sample,
    gate::{Action, Ended},
    lane::Rearm,
    store::{Actor, RearmTarget, StoreError, Work},
};

/// How often blocked lanes whose own time has come are looked for.
const ROUND: Duration = Duration::from_secs(60 * 60);

/// Looks after what no update and no answer wakes: blocks that are tried by themselves.
pub(super) async fn tend(engine: Engine) {
    let stopping = engine.inner.stopping.clone();
    loop {
        tokio::select! {
            // `biased`, so that one seed gives one run.
            biased;
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        for runtime in engine.current().runtimes.values() {
            let target = RearmTarget::Attention(runtime.id());
            if let Err(error) = engine.rearm(Rearm::Due, target, Actor::gateway()).await {
                tracing::warn!(route = runtime.name(), %error, "blocked lanes could not be looked through");
            }
        }
    }
}

impl Engine {
    /// Tells the route how an attempt ended, and does what follows.
    pub(super) async fn tell_route(&self, runtime: &Arc<RouteRuntime>, work: &Work, sample: Sample) {
        let now = self.now();
        let (lane, attempt) = (work.lane.0, work.history.attempt);
        let (actions, breaker_turned) =
            runtime.settle(Ended { lane, attempt, sample, now, jitter: self.jitter() });
        if breaker_turned {
            let route = runtime.name();
            if runtime.gate().breaker_open_until().is_some() {
                tracing::warn!(route, last = ?sample, "the vendor fails; one request at a time is tried");
            } else {
                tracing::info!(route, "the vendor answers again");
            }
            self.inner.watch.look();
        }
        for action in actions {
            if let Err(error) = self.carry_out(runtime, action).await {
                tracing::error!(route = runtime.name(), ?action, %error, "a route's state could not be stored");
            }
        }
    }

    async fn carry_out(&self, runtime: &Arc<RouteRuntime>, action: Action) -> Result<(), StoreError> {
        let now = self.now();
        match action {
            Action::Pause | Action::Resume => {
                // The gate as it is now: of two attempts that end together, the later word is stored whoever comes first.
                let _turn = runtime.steering().lock().await;
                let pause = runtime.gate().pause();
                match (action, pause) {
                    (Action::Pause, Some(pause)) => {
                        tracing::warn!(route = runtime.name(), reason = ?pause.reason, "the route is paused");
                    }
                    (Action::Resume, None) => tracing::info!(route = runtime.name(), "the route works again"),
                    _ => {}
                }
                self.inner.store.set_pause(runtime.id(), pause, Actor::gateway(), now).await?;
                self.inner.watch.tell();
                runtime.wake().ring();
            }
            Action::Release => runtime.release(now),
            Action::RereadCredential => self.refresh_credential(runtime.id()),
            Action::PutBackRejected { since } => {
                let rearm = Rearm::RoutePaused { holds_since: since };
                self.rearm(rearm, RearmTarget::Attention(runtime.id()), Actor::gateway()).await?;
            }
            Action::RouteWorks => {
                self.rearm(Rearm::RouteWorks, RearmTarget::Attention(runtime.id()), Actor::gateway()).await?;
            }
        }
        Ok(())
    }
}
