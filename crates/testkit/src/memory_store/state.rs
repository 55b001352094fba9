use std::collections::{BTreeMap, BTreeSet};

use canonical::UserId;
use delivery::{
    Millis,
    decide::{self, ClaimLoaded, Due, EraseWrites, Loaded},
    gate::Pause,
    lane,
    store::{
        Accept, AcceptError, Accepted, AttemptRow, AuditRow, ClaimDue, Claimed, Enrol, Erase, Erased, LaneId,
        LaneRow, RearmLanes, RearmTarget, RegisteredRoute, RouteId, RouteRegistration, Settlement,
        StoreError, Sweep, UpdateId, UpdateRow, UserRow, Work,
    },
};

/// How soon a route is asked again whose retry budget is used up.
const BUDGET_PAUSE: Millis = 1_000;

#[derive(Debug, Default)]
pub(super) struct State {
    /// The route with id n is at n − 1.
    routes: Vec<(RouteRegistration, Option<Pause>)>,
    pub(super) users: BTreeMap<UserId, UserRow>,
    /// The lane with id n is at n − 1.
    pub(super) lanes: Vec<(UserId, LaneRow)>,
    by_user: BTreeMap<UserId, BTreeSet<LaneId>>,
    pub(super) updates: BTreeMap<UpdateId, UpdateRow>,
    keys: BTreeMap<(String, String), Key>,
    pub(super) attempts: Vec<(LaneId, AttemptRow)>,
    pub(super) audit: Vec<AuditRow>,
    turns: BTreeMap<RouteId, u32>,
    /// Lanes that were written and that nobody was told of yet.
    pub(super) changed: Vec<(UserId, LaneRow)>,
}

#[derive(Debug)]
struct Key {
    request: Vec<u8>,
    update: UpdateId,
    expires_at: Millis,
}

fn index(id: i64) -> usize {
    usize::try_from(id - 1).unwrap_or(usize::MAX)
}

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

    pub(super) fn set_pause(&mut self, route: RouteId, pause: Option<Pause>) {
        if let Some((_, stored)) = self.routes.get_mut(index(route.0)) {
            *stored = pause;
        }
    }

    pub(super) fn lanes_of(&self, user: &UserId) -> Vec<LaneRow> {
        let ids = self.by_user.get(user).into_iter().flatten();
        let mut lanes: Vec<LaneRow> =
            ids.filter_map(|id| Some(self.lanes.get(index(id.0))?.1.clone())).collect();
        lanes.sort_by_key(|row| row.route);
        lanes
    }

    fn write(&mut self, user: &UserId, row: &mut LaneRow, before: lane::State, now: Millis) {
        let id = *row.id.get_or_insert(LaneId(i64::try_from(self.lanes.len()).unwrap_or(i64::MAX - 1) + 1));
        match self.lanes.get_mut(index(id.0)) {
            Some(stored) => stored.1 = row.clone(),
            None => {
                self.lanes.push((user.clone(), row.clone()));
                self.by_user.entry(user.clone()).or_default().insert(id);
            }
        }
        self.audit.extend(decide::block_audit(before, row, now));
        self.changed.push((user.clone(), row.clone()));
    }

    fn is_taken(&self, route: RouteId, key: &str, user: &UserId) -> bool {
        let has_key = |row: &LaneRow| row.route == route && row.lane.subject_key.as_deref() == Some(key);
        self.lanes.iter().any(|(owner, row)| owner != user && has_key(row))
    }

    pub(super) fn accept(&mut self, command: &Accept) -> Result<Accepted, AcceptError> {
        let name = |key: &str| (command.caller.0.clone(), key.to_owned());
        if let Some(key) = &command.idempotency
            && let Some(known) = self.keys.get(&name(&key.key)).filter(|known| known.expires_at > command.now)
        {
            if known.request != key.request {
                return Err(AcceptError::IdempotencyMismatch);
            }
            if let Some(update) = self.updates.get(&known.update)
                && let Some(user) = self.users.get(&update.user)
            {
                let lanes = self.lanes_of(&update.user);
                return Ok(Accepted {
                    update: update.clone(),
                    replayed: true,
                    user: user.clone(),
                    lanes,
                    work: Vec::new(),
                });
            }
        }
        let keys = decide::identity_keys(command);
        let taken = self.taken(&command.user, keys);
        let user = self.users.get(&command.user).cloned();
        let loaded = Loaded { user, lanes: self.lanes_of(&command.user), taken };
        let mut writes = decide::accept(command, loaded)?;
        if writes.user_changed {
            self.users.insert(command.user.clone(), writes.user.clone());
        }
        for row in &mut writes.lanes {
            self.write(&command.user, row, lane::State::Idle, command.now);
        }
        self.audit.extend(writes.audit);
        self.updates.insert(writes.update.id, writes.update.clone());
        if let Some(key) = &command.idempotency {
            let (request, update) = (key.request.clone(), writes.update.id);
            self.keys.insert(name(&key.key), Key { request, update, expires_at: key.expires_at });
        }
        let work = self.claim_granted(command);
        let lanes = self.lanes_of(&command.user);
        Ok(Accepted { update: writes.update, replayed: false, user: writes.user, lanes, work })
    }

    fn claim_granted(&mut self, command: &Accept) -> Vec<Work> {
        let lanes = self.lanes_of(&command.user).into_iter();
        let granted =
            lanes.filter(|row| command.grants.contains(&row.route) && row.lane.state == lane::State::Ready);
        let granted: Vec<LaneRow> = granted.collect();
        let claim = |row: LaneRow| self.claim_one(&command.routes, command.user.clone(), row, command.now);
        granted.into_iter().filter_map(claim).collect()
    }

    fn claim_one(
        &mut self,
        routes: &delivery::RouteSet,
        user_id: UserId,
        row: LaneRow,
        now: Millis,
    ) -> Option<Work> {
        let user = self.users.get(&user_id)?.clone();
        let (id, before, owner) = (row.route, row.lane.state, user_id.clone());
        let mut loaded = ClaimLoaded { row, user_id, user };
        let work = decide::claim(routes, &mut loaded, now, |key| self.is_taken(id, key, &owner));
        self.write(&owner, &mut loaded.row, before, now);
        work
    }

    pub(super) fn claim(&mut self, command: &ClaimDue) -> Claimed {
        if command.routes.get(command.route).is_none() {
            return Claimed::default();
        }
        let of_route = |lanes: &[(UserId, LaneRow)]| -> Vec<(UserId, LaneRow)> {
            lanes.iter().filter(|(_, row)| row.route == command.route).cloned().collect()
        };
        let due = of_route(&self.lanes).into_iter().filter_map(|(user, row)| {
            let due = row.lane.is_due(command.now, command.released_at);
            due.then_some(Due {
                id: row.id?,
                priority: row.lane.priority,
                next_at: row.lane.next_at,
                retry: decide::is_retry(&row.lane, command.released_at),
                row: (user, row),
            })
        });
        let turn = self.turns.entry(command.route).or_default();
        let chosen = decide::choose(due.collect(), command.limit, command.retries, command.probe, turn);
        let mut claimed = Claimed { more: chosen.more, ..Claimed::default() };
        for due in chosen.lanes {
            let (user, row) = due.row;
            let Some(work) = self.claim_one(&command.routes, user, row, command.now) else { continue };
            claimed.retries += u32::from(due.retry);
            claimed.work.push(work);
        }
        let waiting = of_route(&self.lanes).into_iter();
        let waiting = waiting.filter(|(_, row)| matches!(row.lane.state, lane::State::Wait(_)));
        claimed.next_due = waiting.map(|(_, row)| row.lane.next_at).min().filter(|_| !claimed.more);
        if chosen.postponed {
            claimed.next_due = Some(command.now + BUDGET_PAUSE);
        }
        claimed
    }

    pub(super) fn settle(&mut self, mut settlement: Settlement) {
        let (id, now) = (settlement.lane, settlement.now);
        let attempt = settlement.attempt.take();
        let Some((user_id, mut row)) = self.lanes.get(index(id.0)).cloned() else { return };
        let Some(user) = self.users.get(&user_id).cloned() else { return };
        let before = row.lane.state;
        if decide::settle(settlement, &mut row.lane, &user.profile, user.version) {
            self.write(&user_id, &mut row, before, now);
        }
        let attempt = attempt.filter(|_| row.lane.state != lane::State::Erased);
        self.attempts.extend(attempt.map(|attempt| (id, attempt)));
    }

    pub(super) fn erase(&mut self, command: &Erase) -> Option<Erased> {
        let user = self.users.get(&command.user)?.clone();
        let EraseWrites { user, lanes, erased, audit } =
            decide::erase(command, user, self.lanes_of(&command.user));
        let Some(audit) = audit else { return Some(erased) };
        self.users.insert(command.user.clone(), user);
        for mut row in lanes {
            self.write(&command.user, &mut row, lane::State::Idle, command.now);
            let of_lane = self.attempts.iter_mut().filter(|(lane, _)| Some(*lane) == row.id);
            of_lane.for_each(|(_, attempt)| attempt.detail = None);
        }
        self.audit.push(audit);
        Some(erased)
    }

    pub(super) fn rearm(&mut self, command: &RearmLanes) -> u64 {
        self.audit.extend(decide::rearm_audit(command));
        let concerns = |row: &LaneRow| match &command.target {
            RearmTarget::Lanes(ids) => row.id.is_some_and(|id| ids.contains(&id)),
            RearmTarget::Attention(route) | RearmTarget::Route(route) => {
                row.route == *route && (!decide::is_for_attention(command) || decide::needs_attention(row))
            }
        };
        let lanes: Vec<_> = self.lanes.iter().filter(|(_, row)| concerns(row)).cloned().collect();
        let mut changed = 0;
        for (user_id, mut row) in lanes {
            let Some(route) = command.routes.get(row.route) else { continue };
            let Some(user) = self.users.get(&user_id).cloned() else { continue };
            let before = row.lane.state;
            if decide::rearm(route, &mut row, &user, &command.rearm, command.now) {
                self.write(&user_id, &mut row, before, command.now);
                changed += 1;
            }
        }
        changed
    }

    pub(super) fn enrol(&mut self, command: &Enrol) -> u64 {
        let Some(route) = command.routes.get(command.route) else { return 0 };
        let mut made = 0;
        for (id, user) in self.users.clone() {
            if self.lanes_of(&id).iter().any(|row| row.route == command.route) {
                continue;
            }
            let Some(mut row) = decide::enrol(command.route, route, &user, command.now) else { continue };
            self.write(&id, &mut row, lane::State::Idle, command.now);
            made += 1;
        }
        made
    }

    pub(super) fn start(&mut self, windows: &[(RouteId, Millis)], now: Millis) -> u64 {
        let mut changed = 0;
        for (user, mut row) in self.lanes.clone() {
            let before = row.lane.state;
            if before != lane::State::Erased && decide::start(&mut row, windows, now) {
                self.write(&user, &mut row, before, now);
                changed += 1;
            }
        }
        changed
    }

    pub(super) fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Vec<RouteId> {
        let taken = keys.into_iter().filter(|(route, key)| self.is_taken(*route, key, user));
        taken.map(|(route, _)| route).collect()
    }

    pub(super) fn sweep(&mut self, sweep: Sweep) -> u64 {
        let count = |state: &Self| state.updates.len() + state.attempts.len() + state.keys.len();
        let before = count(self);
        self.updates.retain(|_, update| update.at >= sweep.updates_before);
        self.attempts.retain(|(_, attempt)| attempt.at >= sweep.attempts_before);
        self.keys.retain(|_, key| key.expires_at > sweep.now);
        (before - count(self)) as u64
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
