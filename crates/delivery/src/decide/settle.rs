use crate::{
    lane::{self, Effect, Event, Lane, Outcome},
    mutation::{self, Mutation},
    planner::{self, RouteView},
    store::{Settlement, UserRow},
};

/// Whether a settle depends on the user's profile, so that a store can spare itself the reading.
pub fn needs_profile(lane: &Lane, settlement: &Settlement) -> bool {
    let plain = matches!(
        settlement.settle.outcome,
        Outcome::Ok { .. } | Outcome::NothingToSend | Outcome::NotApplied { .. } | Outcome::Unknown { .. }
    );
    !plain || !lane.held.is_empty() || lane.keeps || mutation::is_on(Mutation::ConfirmAtSettle)
}

/// Settles one attempt; whether the row is to be written. `user` is none where [`needs_profile`] spares it.
pub fn settle(settlement: Settlement, lane: &mut Lane, user: Option<&UserRow>) -> bool {
    let Settlement { route, settle, now, .. } = settlement;
    let view = match user {
        Some(user) => RouteView::of(&route, user),
        None => RouteView::of_nobody(&route),
    };
    if lane::apply(lane, &view.facts(), Event::Settle(settle), now) != Effect::Done {
        return false;
    }
    if let Some(user) = user {
        planner::note_kept(&route, &user.profile, &view, lane);
    }
    lane.revise();
    true
}
