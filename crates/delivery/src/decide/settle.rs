use canonical::Profile;

use crate::{
    lane::{self, Effect, Event, Lane, Outcome, Version},
    mutation::{self, Mutation},
    planner::{self, RouteView},
    store::Settlement,
};

/// Whether a settle depends on the user's profile, so that a store can spare itself the reading.
pub fn needs_profile(lane: &Lane, settlement: &Settlement) -> bool {
    let plain = matches!(
        settlement.settle.outcome,
        Outcome::Ok { .. } | Outcome::NothingToSend | Outcome::NotApplied { .. } | Outcome::Unknown { .. }
    );
    !plain || !lane.held.is_empty() || lane.keeps || mutation::is_on(Mutation::ConfirmAtSettle)
}

/// Settles one attempt; whether the row is to be written. `profile` is none where [`needs_profile`] spares it.
pub fn settle(settlement: Settlement, lane: &mut Lane, user: Option<(&Profile, Version)>) -> bool {
    let Settlement { route, settle, now, .. } = settlement;
    let view = match user {
        Some((profile, version)) => RouteView::of(&route, profile, version),
        None => RouteView::of_nobody(&route),
    };
    if lane::apply(lane, &view.facts(), Event::Settle(settle), now) != Effect::Done {
        return false;
    }
    if let Some((profile, _)) = user {
        planner::note_kept(&route, profile, &view, lane);
    }
    lane.revise();
    true
}
