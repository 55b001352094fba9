//! Brings what is owed to the vendors: takes updates, claims due lanes, sends, settles.
//!
//! The engine decides nothing about a lane ([`crate::lane`]), a failure ([`crate::failure`]) or a route's admission
//! ([`crate::gate`]); it carries values between them, the store and the transports.

mod absence;
mod attempt;
mod audit;
mod dispatcher;
mod fences;
mod hub;
mod look;
mod observe;
mod operate;
mod outlook;
mod pass;
mod read;
mod refused;
mod rekey;
mod reload;
mod route_runtime;
mod sample;
mod submit;
mod tend;
mod verify;
mod waiter;
mod watch;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::Duration,
};

use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use hub::Hub;
pub use look::{Look, LookError};
pub use submit::{Submission, Submitted};
pub use waiter::Waiter;

use crate::{
    Clock, Jitter, Millis, Route, RouteId, RouteSet, Telemetry,
    lane::Rearm,
    millis,
    store::{Actor, RearmLanes, RearmTarget, Store, StoreError, Work},
};
use route_runtime::{Buckets, RouteRuntime};

/// The engine; cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    began: Millis,
    jitter: Arc<dyn Jitter>,
    telemetry: Arc<dyn Telemetry>,
    current: RwLock<Arc<Current>>,
    /// Configurations that were replaced and may be in use somewhere.
    retired: Mutex<Vec<Weak<RouteSet>>>,
    runtime: Handle,
    attempts: TaskTracker,
    stopping: CancellationToken,
    watch: watch::Watch,
}

/// The routes as configured now, with what is known of each at run time.
#[derive(Debug, Default)]
struct Current {
    routes: Arc<RouteSet>,
    runtimes: BTreeMap<RouteId, Arc<RouteRuntime>>,
    buckets: Buckets,
}

/// What the engine works with.
#[derive(Debug)]
pub struct Parts {
    /// Where everything is kept; must have been opened with `hub` as its observer.
    pub store: Arc<dyn Store>,
    /// Learns of every committed change.
    pub hub: Arc<Hub>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for spreading waits.
    pub jitter: Arc<dyn Jitter>,
    /// Told of what happens.
    pub telemetry: Arc<dyn Telemetry>,
}

impl Engine {
    /// Registers the routes, finds what the last process left, and begins to send.
    ///
    /// # Errors
    /// When a route's name now means something else, or the store fails.
    pub async fn start(
        parts: Parts,
        routes: Vec<Arc<Route>>,
        confirm_origins: bool,
    ) -> Result<Self, StoreError> {
        let Parts { store, hub, clock, jitter, telemetry } = parts;
        let inner = Inner {
            store,
            hub,
            began: clock.now(),
            clock,
            jitter,
            telemetry,
            current: RwLock::default(),
            retired: Mutex::default(),
            runtime: Handle::current(),
            attempts: TaskTracker::new(),
            stopping: CancellationToken::new(),
            watch: watch::Watch::default(),
        };
        let engine = Self { inner: Arc::new(inner) };
        let registered = engine.register(&routes, confirm_origins).await?;
        let windows =
            registered.iter().zip(&routes).map(|(known, route)| (known.id, millis(route.window()))).collect();
        let found = engine.inner.store.start(windows, engine.now()).await?;
        if found > 0 {
            tracing::info!(lanes = found, "lanes were in flight or suspect when the last process ended");
        }
        engine.rekey(&routes, &registered).await?;
        let remapped = engine.install(routes, registered);
        engine.recall().await?;
        engine.look_through(remapped);
        engine.inner.runtime.spawn(tend::tend(engine.clone()));
        engine.inner.runtime.spawn(watch::run(engine.clone()));
        Ok(engine)
    }

    /// Does something that must not be left half done, even if whoever asked stops waiting.
    pub async fn to_the_end<T: Send + 'static>(
        &self,
        act: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let ended = self.inner.runtime.spawn(act).await;
        ended.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the gateway failed".to_owned())))
    }

    /// Sends claimed work on a task of its own.
    fn send(&self, current: &Current, runtime: &Arc<RouteRuntime>, work: Work) {
        let Some(route) = current.routes.get(work.route) else { return };
        let attempt = attempt::run(self.clone(), Arc::clone(route), Arc::clone(runtime), work);
        self.inner.runtime.spawn(self.inner.attempts.track_future(attempt));
    }

    /// Applies an event to lanes that stand still; answers how many were changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rearm(&self, rearm: Rearm, target: RearmTarget, by: Actor) -> Result<u64, StoreError> {
        let rearm = RearmLanes { rearm, target, routes: self.routes(), by, now: self.now() };
        let store = Arc::clone(&self.inner.store);
        self.to_the_end(async move { store.rearm(rearm).await }).await
    }

    /// Stops sending new requests, waits for those under way at most `grace`, and closes the store. What is still under
    /// way then is found at the next start.
    pub async fn stop(&self, grace: Duration) {
        self.inner.stopping.cancel();
        self.inner.hub.close();
        self.inner.attempts.close();
        if tokio::time::timeout(grace, self.inner.attempts.wait()).await.is_err() {
            tracing::warn!(
                attempts = self.inner.attempts.len(),
                "stopped with requests under way; they count as unknown"
            );
        }
        self.inner.store.close().await;
    }

    /// The store, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The routes as configured now.
    pub fn routes(&self) -> Arc<RouteSet> {
        Arc::clone(&self.current().routes)
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        self.inner.clock.now()
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.inner.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn jitter(&self) -> f64 {
        self.inner.jitter.next()
    }
}
