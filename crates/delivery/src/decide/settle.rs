use canonical::Profile;

use crate::{
    lane::{self, Effect, Event, Lane, Outcome, Version},
    planner::RouteView,
    store::Settlement,
};

/// Whether a settle depends on the user's profile, so that a store can spare itself the reading.
pub fn needs_profile(lane: &Lane, settlement: &Settlement) -> bool {
    let plain = matches!(
        settlement.settle.outcome,
        Outcome::Ok { .. } | Outcome::NotApplied { .. } | Outcome::Unknown { .. }
    );
    !plain || !lane.held.is_empty()
}

/// Settles one attempt; whether the row is to be written. `profile` may be empty where [`needs_profile`] says so.
pub fn settle(settlement: Settlement, lane: &mut Lane, profile: &Profile, version: Version) -> bool {
    let view = RouteView::of(&settlement.route, profile, version);
    lane::apply(lane, &view.facts(), Event::Settle(settlement.settle), settlement.now) == Effect::Done
}
