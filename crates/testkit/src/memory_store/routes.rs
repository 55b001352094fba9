use delivery::{
    Millis, decide,
    gate::Pause,
    store::{Actor, RegisteredRoute, RouteId, RouteRegistration, StoreError},
};

use super::state::{State, index};

impl State {
    pub(super) fn register(
        &mut self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        for route in &routes {
            if let Some((stored, _)) = self.routes.iter().find(|(stored, _)| stored.name == route.name) {
                refuse_changed(stored, route)?;
            }
        }
        Ok(routes.into_iter().map(|route| self.register_one(route)).collect())
    }

    fn register_one(&mut self, route: RouteRegistration) -> RegisteredRoute {
        let name = route.name.clone();
        let at = self.routes.iter().position(|(stored, _)| stored.name == name);
        let (at, mapping_changed) = match at {
            Some(at) => {
                let before = std::mem::replace(&mut self.routes[at].0, route);
                (at, before.mapping_revision != self.routes[at].0.mapping_revision)
            }
            None => {
                self.routes.push((route, None));
                (self.routes.len() - 1, false)
            }
        };
        let id = RouteId(i64::try_from(at).unwrap_or(i64::MAX - 1) + 1);
        RegisteredRoute { id, name, pause: self.routes[at].1, mapping_changed }
    }

    pub(super) fn pause_of(&self, route: RouteId) -> Option<Pause> {
        self.routes.get(index(route.0)).and_then(|(_, pause)| *pause)
    }

    pub(super) fn set_pause(&mut self, route: RouteId, pause: Option<Pause>, by: &Actor, now: Millis) {
        let Some((_, stored)) = self.routes.get_mut(index(route.0)) else { return };
        let before = std::mem::replace(stored, pause);
        if let Some(entry) = decide::pause_audit(route, before.as_ref(), pause.as_ref(), by, now) {
            self.audit(entry);
        }
        if let Some(event) = decide::pause_event(route, before.as_ref(), pause.as_ref(), now) {
            self.events.write(event);
        }
    }
}

fn refuse_changed(stored: &RouteRegistration, route: &RouteRegistration) -> Result<(), StoreError> {
    let pairs = [
        ("vendor", &stored.vendor, &route.vendor),
        ("subject kind", &stored.subject_kind, &route.subject_kind),
        ("origin", &stored.origin, &route.origin),
    ];
    let changed =
        pairs.into_iter().find(|(what, old, new)| old != new && !(*what == "origin" && route.confirm_origin));
    let Some((what, old, new)) = changed else { return Ok(()) };
    Err(StoreError::RouteChanged { name: route.name.clone(), what, old: old.clone(), new: new.clone() })
}
