use std::{collections::BTreeMap, sync::Arc};

use crate::{Millis, Route, RouteId};

/// The routes as configured at one time; replaced as a whole when the configuration is.
#[derive(Debug, Default)]
pub struct RouteSet {
    routes: BTreeMap<RouteId, Arc<Route>>,
    by_name: BTreeMap<String, RouteId>,
    began: Millis,
}

impl RouteSet {
    /// The routes with the ids that the store gave them.
    pub fn new(routes: impl IntoIterator<Item = (RouteId, Arc<Route>)>) -> Self {
        let routes: BTreeMap<_, _> = routes.into_iter().collect();
        let by_name = routes.iter().map(|(id, route)| (route.name.clone(), *id)).collect();
        Self { routes, by_name, began: 0 }
    }

    /// The same routes in a process that began at this time: what was sent before counts as sent then, because the clock may
    /// have been set since.
    pub fn of_process(self, began: Millis) -> Self {
        Self { began, ..self }
    }

    /// When the process began, in its own time.
    pub fn began(&self) -> Millis {
        self.began
    }

    /// A route by its id.
    pub fn get(&self, id: RouteId) -> Option<&Arc<Route>> {
        self.routes.get(&id)
    }

    /// A route by its name.
    pub fn by_name(&self, name: &str) -> Option<(RouteId, &Arc<Route>)> {
        let id = *self.by_name.get(name)?;
        Some((id, self.routes.get(&id)?))
    }

    /// All routes in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (RouteId, &Arc<Route>)> {
        self.by_name.values().filter_map(|id| Some((*id, self.routes.get(id)?)))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}
