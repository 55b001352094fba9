use std::collections::{BTreeMap, BTreeSet};

use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId, RouteSet, UpdateId,
    audit::AuditEntry,
    decide::{self, EraseWrites},
    event::KEPT_FOR,
    gate::Pause,
    lane::{self, Rearm},
    store::{
        AttemptRow, Enrol, Erase, Erased, LaneRow, Names, RearmLanes, RearmTarget, RouteRegistration,
        Settled, Settlement, StoreError, Sweep, UpdateRow, UserRow,
    },
};

use super::events::Events;

#[derive(Debug, Default)]
pub(super) struct State {
    /// The route with id n is at n − 1.
    pub(super) routes: Vec<(RouteRegistration, Option<Pause>)>,
    pub(super) users: BTreeMap<UserId, UserRow>,
    /// The lane with id n is at n − 1.
    pub(super) lanes: Vec<(UserId, LaneRow)>,
    by_user: BTreeMap<UserId, BTreeSet<LaneId>>,
    pub(super) updates: BTreeMap<UpdateId, UpdateRow>,
    pub(super) keys: BTreeMap<(String, String), Key>,
    pub(super) attempts: Vec<(LaneId, AttemptRow)>,
    pub(super) audit: Vec<AuditEntry>,
    pub(super) events: Events,
    pub(super) turns: BTreeMap<RouteId, u32>,
    /// How often each route has changed.
    pub(super) changes: BTreeMap<RouteId, u64>,
    /// After which lane the pass over a route's lanes goes on.
    pub(super) passes: BTreeMap<RouteId, LaneId>,
    /// Lanes that were written and that nobody was told of yet.
    pub(super) changed: Vec<(UserId, LaneRow)>,
}

/// What an idempotency key stands for.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) request: Vec<u8>,
    pub(super) update: UpdateId,
    pub(super) expires_at: Millis,
}

/// Where the row with this id is.
pub(super) fn index(id: i64) -> usize {
    usize::try_from(id - 1).unwrap_or(usize::MAX)
}

impl State {
    pub(super) fn user(&self, id: &UserId) -> Option<UserRow> {
        let user = self.users.get(id)?.clone();
        let manager = user.profile.manager_id().map(|manager| self.names_of(&manager)).unwrap_or_default();
        Some(UserRow { manager, ..user })
    }

    /// How the routes name a user.
    pub(super) fn names_of(&self, user: &UserId) -> Names {
        let lanes = self.lanes_of(user).into_iter().filter(|row| row.lane.state != lane::State::Erased);
        let name = |row: LaneRow| {
            let (route, _) = self.routes.get(index(row.route.0))?;
            Some((route.name.clone(), row.lane.subject.clone()?))
        };
        lanes.filter_map(name).collect()
    }

    /// Looks again at the lanes of everybody whose manager a user is, at the routes that name the user in another way from now on.
    pub(super) fn look_again(
        &mut self,
        manager: &UserId,
        routes: &RouteSet,
        renamed: &[RouteId],
        now: Millis,
    ) {
        let is_report = |user: &UserId| {
            self.user(user).is_some_and(|user| user.profile.manager_id().as_ref() == Some(manager))
        };
        let concerns = |(user, row): &&(UserId, LaneRow)| renamed.contains(&row.route) && is_report(user);
        let lanes: Vec<_> = self.lanes.iter().filter(concerns).cloned().collect();
        for (report, mut row) in lanes {
            let (Some(route), Some(user)) = (routes.get(row.route), self.user(&report)) else { continue };
            let before = row.lane.state;
            if decide::rearm(route, &mut row, &user, &Rearm::Mapping, now) {
                self.write(&report, &mut row, before, now);
            }
        }
    }

    pub(super) fn lanes_of(&self, user: &UserId) -> Vec<LaneRow> {
        let ids = self.by_user.get(user).into_iter().flatten();
        let mut lanes: Vec<LaneRow> =
            ids.filter_map(|id| Some(self.lanes.get(index(id.0))?.1.clone())).collect();
        lanes.sort_by_key(|row| row.route);
        lanes
    }

    pub(super) fn write(&mut self, user: &UserId, row: &mut LaneRow, before: lane::State, now: Millis) {
        let id = *row.id.get_or_insert(LaneId(i64::try_from(self.lanes.len()).unwrap_or(i64::MAX - 1) + 1));
        match self.lanes.get_mut(index(id.0)) {
            Some(stored) => stored.1 = row.clone(),
            None => {
                self.lanes.push((user.clone(), row.clone()));
                self.by_user.entry(user.clone()).or_default().insert(id);
            }
        }
        if let Some(entry) = decide::block_audit(before, row, now) {
            self.audit(entry);
        }
        self.changed.retain(|(_, changed)| changed.id != row.id);
        self.changed.push((user.clone(), row.clone()));
    }

    pub(super) fn is_taken(&self, route: RouteId, key: &str, user: &UserId) -> bool {
        self.holder(route, key, user).is_some()
    }

    /// Another user's lane that has the subject at the route.
    pub(super) fn holder(&self, route: RouteId, key: &str, user: &UserId) -> Option<(UserId, LaneRow)> {
        let has_key = |row: &LaneRow| row.route == route && row.lane.subject_key.as_deref() == Some(key);
        self.lanes.iter().find(|(owner, row)| owner != user && has_key(row)).cloned()
    }

    pub(super) fn is_of_another(&self, route: RouteId, lane: LaneId, witness: &str) -> bool {
        let has = |row: &LaneRow| row.route == route && row.lane.witness.as_deref() == Some(witness);
        self.lanes.iter().any(|(_, row)| row.id != Some(lane) && has(row))
    }

    pub(super) fn settle(&mut self, mut settlement: Settlement) -> Settled {
        let (id, now) = (settlement.lane, settlement.now);
        let Some((user_id, mut row)) = self.lanes.get(index(id.0)).cloned() else {
            return Settled::AsAnswered;
        };
        let Some(user) = self.user(&user_id) else { return Settled::AsAnswered };
        let settled = match decide::new_witness(&row.lane, &settlement) {
            Some(witness) if self.is_of_another(row.route, id, witness) => {
                decide::went_to_another_person(&mut settlement);
                Settled::AnotherPerson
            }
            _ => Settled::AsAnswered,
        };
        let attempt = settlement.attempt.take();
        let before = row.lane.state;
        let known = decide::needs_profile(&row.lane, &settlement).then_some(&user);
        if decide::settle(settlement, row.lane_mut(), known) {
            self.write(&user_id, &mut row, before, now);
        }
        let attempt = attempt.filter(|_| row.lane.state != lane::State::Erased);
        self.attempts.extend(attempt.map(|attempt| (id, attempt)));
        settled
    }

    pub(super) fn erase(&mut self, command: &Erase) -> Result<Option<Erased>, StoreError> {
        let Some(user) = self.users.get(&command.user).cloned() else { return Ok(None) };
        let EraseWrites { user, lanes, erased, audit, renamed } =
            decide::erase(command, user, self.lanes_of(&command.user))?;
        let Some(audit) = audit else { return Ok(Some(erased)) };
        self.users.insert(command.user.clone(), user);
        for mut row in lanes {
            self.write(&command.user, &mut row, lane::State::Idle, command.now);
            let of_lane = self.attempts.iter_mut().filter(|(lane, _)| Some(*lane) == row.id);
            of_lane.for_each(|(_, attempt)| attempt.detail = None);
        }
        self.audit(audit);
        self.look_again(&command.user, &command.routes, &renamed, command.now);
        Ok(Some(erased))
    }

    pub(super) fn rearm(&mut self, command: &RearmLanes) -> u64 {
        if let Some(entry) = decide::rearm_audit(command) {
            self.audit(entry);
        }
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
            let Some(user) = self.user(&user_id) else { continue };
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
        for id in self.users.keys().cloned().collect::<Vec<_>>() {
            let Some(user) = self.user(&id) else { continue };
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
        let events = self.events.sweep(sweep.now - KEPT_FOR);
        (before - count(self) + events) as u64
    }
}
