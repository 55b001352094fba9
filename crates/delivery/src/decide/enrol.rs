use std::sync::Arc;

use crate::{
    Millis, Route, RouteId,
    lane::{self, Event, Lane, Priority},
    planner::{self, RouteView},
    store::{LaneRow, UserRow},
};

/// The lane of a user whom a route could address and has none for; none where it would carry nothing.
pub fn enrol(id: RouteId, route: &Route, user: &UserRow, now: Millis) -> Option<LaneRow> {
    planner::subject_of(route, &user.profile, None).filter(|_| user.erased_at.is_none())?;
    let view = RouteView::of(route, user);
    let mut lane = Lane::default();
    let event = Event::Accept { changed: &[], resent: &[], priority: Priority::Bulk };
    lane::apply(&mut lane, &view.facts(), event, now);
    (lane != Lane::default()).then_some(LaneRow { id: None, route: id, lane: Arc::new(lane) })
}
