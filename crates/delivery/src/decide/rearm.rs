use crate::{
    Millis, Route,
    lane::{self, Effect, Event, Rearm, State},
    planner::{self, RouteView},
    store::{LaneRow, RearmLanes, RearmTarget, UserRow},
};

/// Whether an event for a whole route concerns only the lanes that [`needs_attention`] names.
pub fn is_for_attention(command: &RearmLanes) -> bool {
    matches!(command.target, RearmTarget::Attention(_))
        || matches!(command.rearm, Rearm::Due | Rearm::RouteWorks | Rearm::RoutePaused { .. })
}

/// Whether a lane is blocked or has a held leaf.
pub fn needs_attention(row: &LaneRow) -> bool {
    matches!(row.lane.state, State::Blocked(_)) || !row.lane.held.is_empty()
}

/// Applies an event to a lane that stands still; whether the row is to be written.
pub fn rearm(route: &Route, row: &mut LaneRow, user: &UserRow, rearm: &Rearm, now: Millis) -> bool {
    let addressable = planner::subject_of(route, &user.profile, Some(&row.lane)).is_some();
    if user.erased_at.is_some() || !addressable {
        return false;
    }
    let before = row.lane.clone();
    let view = RouteView::of(route, user);
    let lane = row.lane_mut();
    let mut rearm = rearm.clone();
    if let Rearm::KeptNoMore { slots, .. } = &mut rearm
        && slots.is_empty()
    {
        // Where a lost request may still arrive, nobody can say what the vendor keeps then.
        if lane.suspect_until.is_some_and(|until| now < until) {
            return false;
        }
        let kept = planner::kept(route, &user.profile, &view, &lane.seen_by(&view.facts()));
        slots.extend(kept.into_iter().map(|kept| kept.slot));
    }
    let effect = lane::apply(lane, &view.facts(), Event::Rearm(rearm), now);
    planner::note_kept(route, &user.profile, &view, lane);
    let changed = effect == Effect::Done && row.lane != before;
    if changed {
        row.lane_mut().revise();
    }
    changed
}
