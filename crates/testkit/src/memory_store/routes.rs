use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId, decide,
    gate::Pause,
    lane::{Rearm, Rekey},
    mutation::{self, Mutation},
    store::{
        Actor, LaneRow, Pass, Passed, RegisteredRoute, Rekeyed, Rekeying, RouteRegistration, StoreError,
    },
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
        let comparison = route.comparison.clone();
        let at = self.routes.iter().position(|(stored, _)| stored.name == name);
        let at = match at {
            Some(at) => {
                // The keys are those of the comparison before until they are made anew.
                let stored = self.routes[at].0.comparison.clone();
                let route = RouteRegistration { comparison: stored, ..route };
                let before = std::mem::replace(&mut self.routes[at].0, route);
                let now = &self.routes[at].0;
                if before.mapping_revision != now.mapping_revision || before.origin != now.origin {
                    self.passes.insert(id(at), LaneId(0));
                    *self.changes.entry(id(at)).or_default() += 1;
                }
                at
            }
            None => {
                self.routes.push((route, None));
                self.routes.len() - 1
            }
        };
        let pass_due = self.passes.contains_key(&id(at));
        let changes = self.changes.get(&id(at)).copied().unwrap_or(0);
        let keys_due = self.routes[at].0.comparison != comparison;
        RegisteredRoute { id: id(at), name, pause: self.routes[at].1, changes, pass_due, keys_due }
    }

    pub(super) fn rekey(&mut self, command: Rekeying) -> Rekeyed {
        let now = command.now;
        let mut rekeyed = Rekeyed::default();
        for at in 0..self.lanes.len() {
            let (user, mut row) = self.lanes[at].clone();
            let Some(mut rekey) = Rekey::of(command.kind, &row.lane).filter(|_| row.route == command.route)
            else {
                continue;
            };
            let other = match &rekey {
                Rekey::To(key) => self.holder(command.route, key, &user),
                _ => None,
            };
            match other {
                Some((other_user, mut other)) if decide::keeps_subject(&row, &other) => {
                    let before = other.lane.state;
                    rekeyed.count(&Rekey::Taken);
                    decide::rekey(&mut other, Rekey::Taken, now);
                    self.write(&other_user, &mut other, before, now);
                }
                Some(_) => rekey = Rekey::Taken,
                None => {}
            }
            let before = row.lane.state;
            rekeyed.count(&rekey);
            if decide::rekey(&mut row, rekey, now) {
                self.write(&user, &mut row, before, now);
            }
        }
        if let Some((stored, _)) = self.routes.get_mut(index(command.route.0)) {
            stored.comparison = command.kind.comparison.name().to_owned();
        }
        rekeyed
    }

    pub(super) fn pass(&mut self, command: &Pass) -> Passed {
        let over = Passed { woken: 0, is_over: true };
        let Some(after) = self.passes.get(&command.route).copied() else { return over };
        let Some(route) = command.routes.get(command.route) else { return over };
        if self.changes.get(&command.route).copied().unwrap_or(0) != command.changes {
            return Passed::default();
        }
        let of_route = |(_, row): &&(UserId, LaneRow)| row.route == command.route && row.id > Some(after);
        let page: Vec<_> = self.lanes.iter().filter(of_route).take(command.limit as usize).cloned().collect();
        let is_full = page.len() == command.limit as usize;
        let last = page.last().and_then(|(_, row)| row.id).filter(|_| is_full);
        let skipped = if mutation::is_on(Mutation::PassSkipsPage) { i64::from(command.limit) } else { 0 };
        let last = last.map(|last| LaneId(last.0 + skipped));
        let mut woken = 0;
        for (user_id, mut row) in page {
            let Some(user) = self.user(&user_id) else { continue };
            let before = row.lane.state;
            if decide::rearm(route, &mut row, &user, &Rearm::Mapping, command.now) {
                woken += u64::from(row.lane.state != before);
                self.write(&user_id, &mut row, before, command.now);
            }
        }
        match last {
            Some(last) => drop(self.passes.insert(command.route, last)),
            None => drop(self.passes.remove(&command.route)),
        }
        Passed { woken, is_over: last.is_none() }
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

/// The id of the route at this place.
fn id(at: usize) -> RouteId {
    RouteId(i64::try_from(at).unwrap_or(i64::MAX - 1) + 1)
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
