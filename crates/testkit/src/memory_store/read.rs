use canonical::UserId;
use delivery::{
    lane::{self, Version},
    store::{
        AttemptRow, LaneFilter, LaneId, LaneRow, LaneStateFilter, LaneView, RouteCounts, RouteId,
        UpdateCursor, UpdateRow, UserSnapshot, WithoutLane,
    },
};

use super::state::State;

impl State {
    pub(super) fn snapshot(&self, user: &UserId) -> Option<UserSnapshot> {
        let row = self.users.get(user)?.clone();
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

    pub(super) fn without_lane(&self, wanted: &WithoutLane) -> Vec<(UserId, Version)> {
        let known =
            |user: &UserId| self.lanes.iter().any(|(of, row)| of == user && row.route == wanted.route);
        let mut users: Vec<_> =
            self.users.iter().filter(|(id, user)| user.erased_at.is_none() && !known(id)).collect();
        users.sort_by_key(|(id, _)| id.as_str());
        let rest = users
            .into_iter()
            .filter(|(id, _)| wanted.after.as_ref().is_none_or(|after| id.as_str() > after.as_str()));
        rest.take(wanted.limit as usize).map(|(id, user)| (id.clone(), user.version)).collect()
    }

    pub(super) fn counts(&self, route: RouteId) -> RouteCounts {
        let everybody = WithoutLane { route, after: None, limit: u32::MAX };
        let without_lane = self.without_lane(&everybody).len() as u64;
        let mut counts = RouteCounts { without_lane, ..RouteCounts::default() };
        for (_, row) in self.lanes.iter().filter(|(_, row)| row.route == route) {
            let is = |state: LaneStateFilter| u64::from(state.matches(&row.lane));
            counts.lanes += u64::from(row.lane.state != lane::State::Erased);
            counts.held += is(LaneStateFilter::Held);
            counts.blocked += is(LaneStateFilter::Blocked);
            counts.keeping += is(LaneStateFilter::Keeps);
            counts.in_doubt += is(LaneStateFilter::InDoubt);
            if LaneStateFilter::Pending.matches(&row.lane) {
                counts.pending += 1;
                let both = [counts.oldest_since, row.lane.dirty_since];
                counts.oldest_since = both.into_iter().flatten().min();
            }
        }
        counts
    }
}
