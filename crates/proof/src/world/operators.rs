//! Operators: what they ask for, and their noting that they did.

use std::sync::Arc;

use delivery::{
    RouteId,
    engine::Engine,
    lane::Rearm,
    store::{Actor, RearmTarget, StoreError},
};

use super::{
    agenda::Event,
    clients::{self, Request},
    routes::{self, NAMES, Transports, Variant},
    script::Act,
    shared::Shared,
};
use crate::history::Nudge;

/// Carries out one act of the script.
pub(crate) fn act(shared: &Arc<Shared>, engine: &Engine, transports: &Transports, act: Act) {
    let mut state = shared.lock();
    state.note(format_args!("{act:?}"));
    match act {
        Act::Update(ask) => {
            clients::arrive(&mut state, ask.user, Request::Update(ask, delivery::store::Precondition::None));
        }
        Act::Erase { user, again } => clients::arrive(&mut state, user, Request::Erase { again }),
        Act::CrashAfter(effects) => state.crash_at = Some(state.effects + effects),
        Act::StoreFault(fault) => state.store_fault = Some(fault),
        Act::Credential(route) => state.vendors[route].credential += 1,
        Act::Terminate => {}
        act => {
            match act {
                Act::Pause(route) => drop(state.resuming.remove(&route)),
                Act::Resume(route) => drop(state.resuming.insert(route)),
                _ => {}
            }
            if let Act::Reload(variant) = act {
                let gone = state.variant;
                state.variant = variant;
                state.variants.push(variant);
                if let Variant::Without(route) = gone {
                    state.returned.insert(route);
                }
            }
            drop(state);
            let (shared, engine, transports) = (Arc::clone(shared), engine.clone(), transports.clone());
            tokio::spawn(async move { carry_out(&shared, &engine, &transports, act).await });
        }
    }
}

/// As often as it takes; of the acts that a crash cut short only the end of a pause is repeated.
async fn carry_out(shared: &Arc<Shared>, engine: &Engine, transports: &Transports, act: Act) {
    let route = match &act {
        Act::Pause(route) | Act::Resume(route) | Act::Retry(route) | Act::Resync(route) => Some(*route),
        _ => None,
    };
    let nudge = {
        let mut state = shared.lock();
        let from = state.now();
        let route = route.map(|route| NAMES[route].to_owned());
        state.nudges.push(Nudge { from, to: None, route, user: None });
        state.nudges.len() - 1
    };
    // In the order in which they were asked for.
    let turn = shared.operating.lock().await;
    let done = one(shared, engine, transports, &act).await;
    drop(turn);
    let mut state = shared.lock();
    let now = state.now();
    state.manners.forget_pauses();
    state.note(format_args!("{act:?}: {}", if done.is_ok() { "done" } else { "failed" }));
    state.nudges[nudge].to = Some(now);
    if let (Act::Resume(route), Ok(())) = (&act, &done) {
        state.resuming.remove(route);
    }
    if matches!(done, Err(StoreError::Full | StoreError::Overloaded)) {
        let act = if matches!(act, Act::Reload(_)) { Act::Reread } else { act };
        state.later(now + 1_000, Event::Act(act));
    }
}

async fn one(
    shared: &Arc<Shared>,
    engine: &Engine,
    transports: &Transports,
    act: &Act,
) -> Result<(), StoreError> {
    let by = || Actor("operator".to_owned());
    let id = |route: usize| RouteId(i64::try_from(route).unwrap_or_default() + 1);
    match act {
        Act::Pause(route) => engine.pause(id(*route), by()).await,
        Act::Resume(route) => engine.resume(id(*route), by()).await,
        Act::Retry(route) => {
            engine.rearm(Rearm::Retry, RearmTarget::Attention(id(*route)), by()).await.map(drop)
        }
        Act::Resync(route) => engine.resync(id(*route), by()).await.map(drop),
        Act::Reload(_) | Act::Reread => {
            // Of two replacements that came close together, the file has the newer one.
            let variant = shared.lock().variant;
            // Whoever moves a route confirms it.
            engine.reload(routes::routes(&shared.setup, variant, transports), true).await
        }
        _ => Ok(()),
    }
}
