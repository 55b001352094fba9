use canonical::UserId;

use crate::{
    Millis, RouteSet,
    failure::History,
    lane::{self, Effect, Event},
    planner::{self, RouteView},
    store::{LaneRow, UserRow, Work},
};

/// A due lane with what a claim needs.
#[derive(Debug)]
pub struct ClaimLoaded {
    /// The lane, with its id.
    pub row: LaneRow,
    /// The user's id.
    pub user_id: UserId,
    /// The user.
    pub user: UserRow,
}

/// Claims one lane. `is_taken` tells whether another lane of the route has a subject key; it is asked only when this lane
/// has not reserved one. The row is to be written whatever is answered.
pub fn claim(
    routes: &RouteSet,
    loaded: &mut ClaimLoaded,
    now: Millis,
    is_taken: impl FnOnce(&str) -> bool,
) -> Option<Work> {
    let ClaimLoaded { row, user_id, user } = loaded;
    let route = routes.get(row.route)?;
    let view = RouteView::of(route, user);
    let mut subject = planner::subject_fact(route, &user.profile, &row.lane);
    subject.began = routes.began();
    if row.lane.subject_key.is_none()
        && let Some((_, key)) = &subject.candidate
    {
        subject.taken = is_taken(key);
    }
    let lane = row.lane_mut();
    lane.last_send_at = lane.last_send_at.map(|at| at.max(routes.began()));
    let history = History {
        attempt: lane.attempt,
        last_class: lane.last_class,
        first_fail_at: lane.first_fail_at,
        pinned: lane.pinned,
        sent: user.version,
    };
    let effect = lane::apply(lane, &view.facts(), Event::Claim(subject), now);
    planner::note_kept(route, &user.profile, &view, lane);
    lane.revise();
    let Effect::Send(claim) = effect else { return None };
    let (witness, behind_since, trace) = (lane.witness.clone(), lane.dirty_since, lane.trace);
    Some(Work {
        lane: row.id?,
        route: row.route,
        user: user_id.clone(),
        claim,
        profile: user.seen_by(route),
        history,
        witness,
        behind_since,
        trace,
    })
}
