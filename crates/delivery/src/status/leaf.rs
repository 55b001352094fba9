use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

use crate::{
    Millis, Route,
    lane::{Hold, Lane, Version},
    planner,
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
}

/// How one leaf stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafState {
    /// The vendor has confirmed it, last at this time.
    Confirmed(Option<Millis>),
    /// The vendor has confirmed it, last at this time; a lost request may still overwrite it, so it is sent once more.
    InDoubt(Option<Millis>),
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
    let state = |leaf: &Leaf, version| match (planner::fate(route, profile, leaf), lane) {
        (Fate::Sent, None) => LeafState::Owed,
        (Fate::Sent, Some(lane)) => carried(lane, leaf, version),
        (fate, _) => LeafState::NotCarried(fate),
    };
    let standing = |(leaf, entry): (&Leaf, &canonical::Entry)| {
        let state = state(leaf, entry.version);
        let is_unverified = lane.is_some_and(|lane| lane.unverified.contains(leaf));
        let is_cleared = entry.value.is_none();
        (leaf.clone(), LeafStanding { version: entry.version, is_cleared, is_unverified, state })
    };
    profile.iter().map(standing).collect()
}

fn carried(lane: &Lane, leaf: &Leaf, version: Version) -> LeafState {
    match lane.held.get(leaf) {
        Some(hold) if hold.version == version => LeafState::Held(hold.clone()),
        _ if version <= lane.floor => LeafState::Confirmed(lane.confirmations.at(version)),
        _ if version <= lane.acked => LeafState::InDoubt(lane.confirmations.at(version)),
        _ => LeafState::Owed,
    }
}
