use crate::{
    Millis, Route,
    lane::{self, Effect, Event, Rearm},
    planner::{self, RouteView},
    store::{LaneRow, UserRow},
};

/// Applies an event to a lane that stands still; whether the row is to be written.
pub fn rearm(route: &Route, row: &mut LaneRow, user: &UserRow, rearm: &Rearm, now: Millis) -> bool {
    let addressable = planner::subject_of(route, &user.profile, Some(&row.lane)).is_some();
    if user.erased_at.is_some() || !addressable {
        return false;
    }
    let before = row.lane.clone();
    let view = RouteView::of(route, &user.profile, user.version);
    let effect = lane::apply(&mut row.lane, &view.facts(), Event::Rearm(rearm.clone()), now);
    effect == Effect::Done && row.lane != before
}
