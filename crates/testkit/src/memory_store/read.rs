use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId,
    lane::{self, Version},
    store::{
        AttemptRow, LaneFilter, LaneRow, LaneStateFilter, LaneView, RouteCounts, UpdateCursor, UpdateRow,
        UserSnapshot, WithoutIdentity,
    },
};

use super::state::State;

impl State {
    pub(super) fn snapshot(&self, user: &UserId) -> Option<UserSnapshot> {
        let row = self.user(user)?;
        Some(UserSnapshot { id: user.clone(), user: row, lanes: self.lanes_of(user) })
    }

    pub(super) fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Vec<UpdateRow> {
        let newest_first = self.updates.values().rev().filter(|update| update.user == *user);
        let rest = newest_first.filter(|update| after.is_none_or(|after| update.id < after.0));
        rest.take(limit as usize).cloned().collect()
    }

    pub(super) fn list(&self, filter: &LaneFilter) -> Vec<LaneView> {
        let wanted = |(user, row): &&(UserId, LaneRow)| row.id > filter.after && filter.matches(user, row);
        let lanes = self.lanes.iter().filter(wanted).take(filter.limit as usize);
        lanes.map(|(user, row)| self.view(user, row)).collect()
    }

    fn view(&self, user: &UserId, row: &LaneRow) -> LaneView {
        LaneView {
            user: user.clone(),
            row: row.clone(),
            version: self.users.get(user).map_or(0, |user| user.version),
            update: self.updates_of(user, None, 1).first().map(|update| update.id),
        }
    }

    pub(super) fn attempts_of(&self, lane: LaneId, limit: u32) -> Vec<AttemptRow> {
        let newest_first = self.attempts.iter().rev().filter(|(of, _)| *of == lane);
        newest_first.take(limit as usize).map(|(_, attempt)| attempt.clone()).collect()
    }

    pub(super) fn without_identity(&self, wanted: &WithoutIdentity) -> Vec<(UserId, Version)> {
        let is_known =
            |row: &LaneRow| row.lane.state != lane::State::Erased && !row.lane.has_lost_its_identity();
        let known = |user: &UserId| {
            self.lanes.iter().any(|(of, row)| of == user && row.route == wanted.route && is_known(row))
        };
        let mut users: Vec<_> =
            self.users.iter().filter(|(id, user)| user.erased_at.is_none() && !known(id)).collect();
        users.sort_by_key(|(id, _)| id.as_str());
        let rest = users
            .into_iter()
            .filter(|(id, _)| wanted.after.as_ref().is_none_or(|after| id.as_str() > after.as_str()));
        rest.take(wanted.limit as usize).map(|(id, user)| (id.clone(), user.version)).collect()
    }

    pub(super) fn counts(&self, route: RouteId) -> RouteCounts {
        let everybody = WithoutIdentity { route, after: None, limit: u32::MAX };
        let without_identity = self.without_identity(&everybody).len() as u64;
        let mut counts = RouteCounts { without_identity, ..RouteCounts::default() };
        for (_, row) in self.lanes.iter().filter(|(_, row)| row.route == route) {
            let is = |state: LaneStateFilter| u64::from(state.matches(&row.lane));
            let is_known = row.lane.state != lane::State::Erased && !row.lane.has_lost_its_identity();
            counts.lanes += u64::from(is_known);
            counts.held += is(LaneStateFilter::Held);
            counts.blocked += is(LaneStateFilter::Blocked);
            counts.keeping += is(LaneStateFilter::Keeps);
            counts.in_doubt += is(LaneStateFilter::InDoubt);
            if LaneStateFilter::Pending.matches(&row.lane) {
                counts.pending += 1;
                let older =
                    |oldest: Option<Millis>| [oldest, row.lane.dirty_since].into_iter().flatten().min();
                counts.oldest_since = older(counts.oldest_since);
                match row.lane.fails_alone() {
                    true => counts.failing += 1,
                    false => counts.oldest_waiting_since = older(counts.oldest_waiting_since),
                }
            }
        }
        counts
    }
}
