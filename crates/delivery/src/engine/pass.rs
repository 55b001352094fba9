use std::{sync::Arc, time::Duration};

use super::{Engine, route_runtime::RouteRuntime};
use crate::{Rate, store::Pass};

/// The lanes of one step.
const PAGE: u32 = 200;
/// The least time between two steps: a configuration that was registered a moment ago may not be in force yet.
const STEP: Duration = Duration::from_millis(20);
/// Longer than anything works with a configuration that was replaced.
const PATIENCE: Duration = Duration::from_secs(600);
/// Before a step that the store could not take is tried again.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Looks through the lanes of a route whose mapping or place is another one than when they were written. Where the pass has come to
/// is kept in the store: a process that ends in between goes on with it at its next start.
pub(super) async fn run(engine: Engine, runtime: Arc<RouteRuntime>) {
    // One that is under way goes on under the newest routes, as the store has begun it anew.
    let Ok(_turn) = runtime.passing().acquire().await else { return };
    let stopping = engine.inner.stopping.clone();
    let mut waited = Duration::ZERO;
    while !stopping.is_cancelled() {
        let current = engine.current();
        // An update that is taken, or a lane that is claimed, under an older mapping would undo what the pass has found.
        if !engine.is_of_one_mind() && waited < PATIENCE {
            waited += STEP;
            tokio::time::sleep(STEP).await;
            continue;
        }
        let id = runtime.id();
        let (Some(route), Some(now)) = (current.routes.get(id), current.runtimes.get(&id)) else { return };
        let rate = route.limits.rate;
        let (routes, changes) = (Arc::clone(&current.routes), now.changes());
        let pass = Pass { route: id, routes, changes, limit: PAGE, now: engine.now() };
        drop(current);
        let pause = match engine.inner.store.pass(pass).await {
            Ok(passed) if passed.is_over => return,
            Ok(passed) => pause(rate, passed.woken),
            Err(error) => {
                tracing::warn!(route = runtime.name(), %error, "the lanes of a changed route cannot be looked through now");
                STORE_PAUSE
            }
        };
        tokio::select! {
            // `biased`, so that one seed gives one run.
            biased;
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// As long as the route takes for what was found, so that no more waits than it can send.
fn pause(rate: Rate, woken: u64) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "a page")]
    let pause = match rate {
        Rate::PerSecond(rate) if rate > 0.0 => Duration::from_secs_f64(woken as f64 / rate),
        _ => Duration::ZERO,
    };
    pause.max(STEP)
}
