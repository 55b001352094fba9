use std::{
    collections::BTreeMap,
    sync::{Arc, MutexGuard, PoisonError, Weak},
};

use super::{
    Current, Engine, dispatcher, pass,
    route_runtime::{Buckets, RouteRuntime},
};
use crate::{
    Route, RouteId, RouteSet,
    store::{RegisteredRoute, RouteRegistration, StoreError},
};

impl Engine {
    /// Replaces the routes as a whole. A send that is under way finishes under the route it began with.
    ///
    /// # Errors
    /// When a route's name now means something else, or the store fails; the old routes stay.
    pub async fn reload(&self, routes: Vec<Arc<Route>>, confirm_origins: bool) -> Result<(), StoreError> {
        let engine = self.clone();
        self.to_the_end(async move {
            let registered = engine.register(&routes, confirm_origins).await?;
            engine.rekey(&routes, &registered).await?;
            let remapped = engine.install(routes, registered);
            engine.look_through(remapped);
            Ok(())
        })
        .await
    }

    pub(super) async fn register(
        &self,
        routes: &[Arc<Route>],
        confirm_origin: bool,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        let registrations =
            routes.iter().map(|route| RouteRegistration { confirm_origin, ..RouteRegistration::of(route) });
        self.inner.store.register_routes(registrations.collect()).await
    }

    /// From here on nothing is refused: the new routes are in force before anything else is done. Answers those whose lanes are
    /// to be looked through.
    pub(super) fn install(
        &self,
        routes: Vec<Arc<Route>>,
        registered: Vec<RegisteredRoute>,
    ) -> Vec<Arc<RouteRuntime>> {
        let before = self.current();
        let buckets = Buckets::of(&routes, &before.buckets);
        let mut runtimes = BTreeMap::new();
        let mut set = Vec::new();
        let mut remapped = Vec::new();
        for (route, known) in routes.into_iter().zip(registered) {
            let same = before.routes.get(known.id).is_some_and(|old| Arc::ptr_eq(old, &route));
            let old = before.runtimes.get(&known.id);
            let runtime = match old {
                Some(old) if same => Arc::clone(old),
                _ => RouteRuntime::for_route(&route, &known, old, &buckets, self.now()),
            };
            self.inner.hub.watch(known.id, runtime.wake());
            if known.pass_due {
                remapped.push(Arc::clone(&runtime));
            }
            runtimes.insert(known.id, runtime);
            set.push((known.id, route));
        }
        let current =
            Current { routes: Arc::new(RouteSet::new(set).of_process(self.inner.began)), runtimes, buckets };
        let is_new = |(id, _): &(&RouteId, &Arc<RouteRuntime>)| !before.runtimes.contains_key(id);
        let added: Vec<_> = current
            .runtimes
            .iter()
            .filter(is_new)
            .map(|(id, runtime)| (*id, Arc::clone(runtime.wake())))
            .collect();
        self.retired().push(Arc::downgrade(&before.routes));
        drop(before);
        *self.inner.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        for (id, wake) in added {
            self.inner.runtime.spawn(dispatcher::run(self.clone(), id, wake));
        }
        self.current().runtimes.values().for_each(|runtime| runtime.wake().ring());
        self.inner.hub.look_again();
        remapped
    }

    /// Whether nobody works with an older configuration any more: what was asked of the store under one is done.
    pub(super) fn is_of_one_mind(&self) -> bool {
        let mut retired = self.retired();
        retired.retain(|routes| routes.strong_count() > 0);
        retired.is_empty()
    }

    fn retired(&self) -> MutexGuard<'_, Vec<Weak<RouteSet>>> {
        self.inner.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks through the lanes of routes whose mapping or place has changed, page by page, while everything else goes on.
    pub(super) fn look_through(&self, runtimes: Vec<Arc<RouteRuntime>>) {
        for runtime in runtimes {
            self.inner.runtime.spawn(pass::run(self.clone(), runtime));
        }
    }
}
