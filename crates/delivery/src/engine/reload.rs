use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use super::{
    Current, Engine, dispatcher,
    line::{Buckets, Line},
};
use crate::{
    Route, RouteSet,
    lane::Rearm,
    store::{Actor, RearmTarget, RegisteredRoute, RouteId, RouteRegistration, StoreError},
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
            let remapped = engine.install(routes, registered);
            engine.rearm_remapped(remapped).await;
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

    /// From here on nothing is refused: the new routes are in force before anything else is done. Answers those that have got
    /// another mapping.
    pub(super) fn install(
        &self,
        routes: Vec<Arc<Route>>,
        registered: Vec<RegisteredRoute>,
    ) -> Vec<Arc<Line>> {
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
                remapped.push(Arc::clone(&line));
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
        self.current().lines.values().for_each(|line| line.wake().ring());
        self.inner.hub.look_again();
        remapped
    }

    /// What was refused under another mapping is tried again.
    pub(super) async fn rearm_remapped(&self, lines: Vec<Arc<Line>>) {
        for line in lines {
            let target = RearmTarget::Attention(line.id());
            if let Err(error) = self.rearm(Rearm::Mapping, target, Actor::gateway()).await {
                tracing::error!(route = line.name(), %error, "what the old mapping was refused for is not tried again; retry the route");
            }
        }
    }
}
