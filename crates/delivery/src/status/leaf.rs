use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

use crate::{
    Millis, Route,
    lane::{self, Assertion, Hold, Lane, Stop, Version},
    planner::{self, RouteView},
    store::UserRow,
};

/// How one leaf of a user stands at one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafStanding {
    /// The version of the user that last changed the leaf.
    pub version: Version,
    /// Whether its value was cleared.
    pub is_cleared: bool,
    /// Whether the vendor echoed another value than the one that was sent last, or none.
    pub is_unverified: bool,
    /// How it stands.
    pub state: LeafState,
    /// The leaf that goes together with it and is refused or cannot be carried, so that neither is sent.
    pub because_of: Option<Leaf>,
}

/// How one leaf stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafState {
    /// The vendor has confirmed it, last at this time.
    Confirmed(Option<Millis>),
    /// The vendor has confirmed it, last at this time; a lost request may still overwrite it, so it is sent once more.
    InDoubt(Option<Millis>),
    /// The vendor has confirmed it, as far as a row of an older schema tells.
    Assumed(Option<Millis>),
    /// It is to be sent.
    Owed,
    /// The vendor has refused it.
    Held(Hold),
    /// The route does not carry it, or not with this value.
    NotCarried(Fate),
}

/// How each leaf of a user stands at a route; without a lane nothing was ever sent.
pub fn of_leaves(route: &Route, user: &UserRow, lane: Option<&Lane>) -> BTreeMap<Leaf, LeafStanding> {
    let profile = &user.profile;
    let view = RouteView::of(route, user);
    let facts = view.facts();
    let lane = lane.map(|lane| lane.seen_by(&facts));
    let state = |leaf: &Leaf| match (facts.carried.get(leaf), &lane) {
        (None, _) => {
            let fate = planner::fate(route, profile, leaf);
            (LeafState::NotCarried(fate.unwrap_or(Fate::Unmapped)), None)
        }
        (Some(_), None) => match planner::uncarried_with(route, profile, leaf) {
            Some((companion, fate)) => (LeafState::NotCarried(fate), Some(companion)),
            None => (LeafState::Owed, None),
        },
        (Some(_), Some(lane)) if lane::has_nothing_to_send(lane, &facts, leaf) => {
            (LeafState::NotCarried(Fate::NothingToSend), None)
        }
        (Some(assertion), Some(lane)) => match lane::stop(lane, &facts, assertion) {
            None => (carried(lane, assertion), None),
            Some(Stop::Held(hold)) => (LeafState::Held(hold.clone()), None),
            Some(Stop::HeldWith(companion, hold)) => (LeafState::Held(hold.clone()), Some(companion.clone())),
            Some(Stop::UncarriedWith(companion)) => {
                let fate = planner::fate(route, profile, companion).unwrap_or(Fate::Unmapped);
                (LeafState::NotCarried(fate), Some(companion.clone()))
            }
        },
    };
    let standing = |(leaf, entry): (&Leaf, &canonical::Entry)| {
        let is_unverified = lane.as_ref().is_some_and(|lane| lane.unverified.contains(leaf));
        let is_cleared = entry.value.is_none();
        let (state, because_of) = state(leaf);
        (leaf.clone(), LeafStanding { version: entry.version, is_cleared, is_unverified, state, because_of })
    };
    profile.iter().map(standing).collect()
}

fn carried(lane: &Lane, assertion: &Assertion) -> LeafState {
    match lane.slots.get(&assertion.slot) {
        Some(slot) if lane::is_confirmed(lane, assertion) => {
            let at = Some(slot.at).filter(|at| *at > 0);
            match () {
                () if slot.is_void => LeafState::NotCarried(Fate::NothingToSend),
                () if slot.in_doubt || slot.is_flying => LeafState::InDoubt(at),
                () if slot.is_assumed => LeafState::Assumed(at),
                () => LeafState::Confirmed(at),
            }
        }
        _ => LeafState::Owed,
    }
}
