use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use super::{
    Current, Engine,
    route_runtime::{NotNow, RouteRuntime, Wake},
};
use crate::{
    Millis, RouteId,
    store::{ClaimDue, StoreError},
    until,
};

/// A wake-up that got lost costs at most this.
const SAFETY_SCAN: Millis = 30_000;
/// The most lanes of one claim, so that one route does not fill the writer.
const MOST_PER_CLAIM: u32 = 64;
/// Before a claim that the store could not take is tried again.
const STORE_PAUSE: Millis = 200;

/// Claims what is due at one route, as fast as the route admits it, until the engine stops or the route is gone.
pub(super) async fn run(engine: Engine, route: RouteId, wake: Arc<Wake>) {
    let stopping = engine.inner.stopping.clone();
    loop {
        let current = engine.current();
        // A route that was removed and came back has another alarm, and a dispatcher of its own.
        let Some(runtime) = current.runtimes.get(&route).filter(|runtime| Arc::ptr_eq(runtime.wake(), &wake))
        else {
            return;
        };
        let next_at = claim_all_due(&engine, &current, runtime).await;
        let pause = until(next_at, engine.now()).max(Duration::from_millis(1));
        tokio::select! {
            // `biased`, so that one seed gives one run.
            biased;
            () = stopping.cancelled() => return,
            () = wake.notify.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Claims until nothing is due or nothing is admitted; answers when to look again at the latest.
async fn claim_all_due(engine: &Engine, current: &Arc<Current>, runtime: &Arc<RouteRuntime>) -> Millis {
    // A permit that is held while the store is asked is missing for an update that comes just then; so no more are taken at
    // first than lanes are known to be ready, and one for those whose time has come. While some were left behind, what is new
    // gets none anyway.
    let new = runtime.wake().take_new().saturating_add(1);
    let mut most = if runtime.wake().backlog.load(Ordering::Acquire) { MOST_PER_CLAIM } else { new };
    loop {
        let now = engine.now();
        if engine.inner.stopping.is_cancelled() {
            return now + SAFETY_SCAN;
        }
        // From here on whoever gives a permit back wakes the dispatcher, so that none is given back unseen.
        runtime.wake().backlog.store(true, Ordering::Release);
        let (permits, refused) = take_permits(runtime, most, now);
        if permits == 0 {
            return refused.and_then(NotNow::until).unwrap_or(Millis::MAX).min(now + SAFETY_SCAN);
        }
        // Whoever makes a lane ready after this line rings.
        runtime.wake().backlog.store(false, Ordering::Release);
        match claim(engine, current, runtime, permits, now).await {
            Ok(Some(next_at)) => return next_at,
            Ok(None) => most = MOST_PER_CLAIM,
            Err(error) => {
                tracing::warn!(route = runtime.name(), %error, "a claim failed");
                runtime.wake().backlog.store(true, Ordering::Release);
                return now + STORE_PAUSE;
            }
        }
    }
}

fn take_permits(runtime: &RouteRuntime, most: u32, now: Millis) -> (u32, Option<NotNow>) {
    let most = most.min(MOST_PER_CLAIM);
    for taken in 0..most {
        if let Err(refused) = runtime.admit(now) {
            return (taken, Some(refused));
        }
    }
    (most, None)
}

/// Claims at most as many lanes as there are permits and sends them; none when more may be due at once.
async fn claim(
    engine: &Engine,
    current: &Arc<Current>,
    runtime: &Arc<RouteRuntime>,
    permits: u32,
    now: Millis,
) -> Result<Option<Millis>, StoreError> {
    let due = ClaimDue {
        route: runtime.id(),
        routes: Arc::clone(&current.routes),
        limit: permits,
        retries: runtime.retries_allowed(now),
        probe: runtime.is_probing().then(|| engine.jitter()),
        released_at: runtime.released_at(),
        now,
    };
    let claimed = engine.inner.store.claim(due).await;
    let used = claimed.as_ref().map_or(0, |claimed| claimed.work.len());
    let used = u32::try_from(used).unwrap_or(permits).min(permits);
    (used..permits).for_each(|_| runtime.give_back());
    let claimed = claimed?;
    runtime.note_claimed(used.saturating_sub(claimed.retries), claimed.retries, now);
    for work in claimed.work {
        engine.send(current, runtime, work);
    }
    if claimed.more {
        runtime.wake().backlog.store(true, Ordering::Release);
        return Ok(None);
    }
    Ok(Some(claimed.next_due.unwrap_or(Millis::MAX).min(now + SAFETY_SCAN)))
}
