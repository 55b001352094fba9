//! Brings what is owed to the vendors: takes updates, claims due lanes, sends, settles.
//!
//! The engine decides nothing about a lane ([`crate::lane`]), a failure ([`crate::failure`]) or a route's admission
//! ([`crate::gate`]); it carries values between them, the store and the transports.

mod attempt;
mod dispatcher;
mod fences;
mod hub;
mod line;
mod observe;
mod operate;
mod tend;

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use canonical::{Patch, UserId};
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use hub::{Hub, Waiter};
pub use observe::RouteCondition;

use crate::{
    Clock, Jitter, Millis, Route, RouteSet,
    decide::Loaded,
    lane::{Priority, Rearm},
    millis,
    plan::{self, RoutePlan},
    store::{
        Accept, AcceptError, Accepted, Actor, IdempotencyKey, Precondition, RearmLanes, RearmTarget,
        RegisteredRoute, RouteId, RouteRegistration, Store, StoreError, UpdateId, Work,
    },
};
use line::{Buckets, Line};

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
    current: RwLock<Arc<Current>>,
    runtime: Handle,
    attempts: TaskTracker,
    stopping: CancellationToken,
}

/// The routes as configured now, with what is known of each at run time.
#[derive(Debug, Default)]
struct Current {
    routes: Arc<RouteSet>,
    lines: BTreeMap<RouteId, Arc<Line>>,
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
}

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
    /// Registers the routes, finds what the last process left, and begins to send.
    ///
    /// # Errors
    /// When a route's name now means something else, or the store fails.
    pub async fn start(
        parts: Parts,
        routes: Vec<Arc<Route>>,
        confirm_origins: bool,
    ) -> Result<Self, StoreError> {
        let Parts { store, hub, clock, jitter } = parts;
        let inner = Inner {
            store,
            hub,
            began: clock.now(),
            clock,
            jitter,
            current: RwLock::default(),
            runtime: Handle::current(),
            attempts: TaskTracker::new(),
            stopping: CancellationToken::new(),
        };
        let engine = Self { inner: Arc::new(inner) };
        let registered = engine.register(&routes, confirm_origins).await?;
        let windows =
            registered.iter().zip(&routes).map(|(known, route)| (known.id, millis(route.window()))).collect();
        let found = engine.inner.store.start(windows, engine.now()).await?;
        if found > 0 {
            tracing::info!(lanes = found, "lanes were in flight or suspect when the last process ended");
        }
        let remapped = engine.install(routes, registered);
        engine.rearm_remapped(remapped).await;
        engine.inner.runtime.spawn(tend::tend(engine.clone()));
        Ok(engine)
    }

    /// Replaces the routes as a whole. A send that is under way finishes under the route it began with.
    ///
    /// # Errors
    /// When a route's name now means something else, or the store fails; the old routes stay.
    pub async fn reload(&self, routes: Vec<Arc<Route>>, confirm_origins: bool) -> Result<(), StoreError> {
        let engine = self.clone();
        self.to_the_end(async move {
            let registered = engine.register(&routes, confirm_origins).await?;
            let remapped = engine.install(routes, registered);
            engine.rearm_remapped(remapped).await;
            Ok(())
        })
        .await
    }

    /// Does something that must not be left half done, even if whoever asked stops waiting.
    async fn to_the_end<T: Send + 'static>(
        &self,
        act: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let ended = self.inner.runtime.spawn(act).await;
        ended.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the gateway failed".to_owned())))
    }

    async fn register(
        &self,
        routes: &[Arc<Route>],
        confirm_origin: bool,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        let registrations = routes.iter().map(|route| RouteRegistration {
            name: route.name.clone(),
            vendor: route.adapter.dialect().vendor.to_owned(),
            subject_kind: route.subject_kind.name.to_owned(),
            origin: route.origin.clone(),
            mapping_revision: route.mapping_revision,
            confirm_origin,
        });
        self.inner.store.register_routes(registrations.collect()).await
    }

    /// From here on nothing is refused: the new routes are in force before anything else is done.
    fn install(&self, routes: Vec<Arc<Route>>, registered: Vec<RegisteredRoute>) -> Vec<RouteId> {
        let before = self.current();
        let buckets = Buckets::of(&routes, &before.buckets);
        let mut lines = BTreeMap::new();
        let mut set = Vec::new();
        let mut remapped = Vec::new();
        for (route, known) in routes.into_iter().zip(registered) {
            let same = before.routes.get(known.id).is_some_and(|old| Arc::ptr_eq(old, &route));
            let old = before.lines.get(&known.id);
            let line = match old {
                Some(old) if same => Arc::clone(old),
                _ => Line::for_route(&route, &known, old, &buckets, self.now()),
            };
            self.inner.hub.watch(known.id, line.wake());
            if known.mapping_changed {
                remapped.push(known.id);
            }
            lines.insert(known.id, line);
            set.push((known.id, route));
        }
        let current =
            Current { routes: Arc::new(RouteSet::new(set).of_process(self.inner.began)), lines, buckets };
        let is_new = |(id, _): &(&RouteId, &Arc<Line>)| !before.lines.contains_key(id);
        let added: Vec<_> =
            current.lines.iter().filter(is_new).map(|(id, line)| (*id, Arc::clone(line.wake()))).collect();
        *self.inner.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        for (id, wake) in added {
            self.inner.runtime.spawn(dispatcher::run(self.clone(), id, wake));
        }
        self.current().lines.values().for_each(|line| line.wake().now());
        remapped
    }

    /// What was refused under another mapping is tried again.
    async fn rearm_remapped(&self, routes: Vec<RouteId>) {
        for route in routes {
            let target = RearmTarget::Attention(route);
            if let Err(error) = self.rearm(Rearm::Mapping, target, Actor("gateway".to_owned())).await {
                tracing::error!(route = route.0, %error, "what the old mapping was refused for is not tried again; retry the route");
            }
        }
    }

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

    /// Sends claimed work on a task of its own.
    fn send(&self, current: &Current, line: &Arc<Line>, work: Work) {
        let Some(route) = current.routes.get(work.route) else { return };
        let attempt = attempt::run(self.clone(), Arc::clone(route), Arc::clone(line), work);
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

    /// The present.
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
