use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

use crate::{
    Millis, Route,
    gate::RouteCondition,
    lane::{BlockReason, Lane, State, Version},
    planner::{self, RouteView},
    store::UserRow,
};

/// How a user stands at one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In one word.
    pub state: StandingState,
    /// The newest version that the vendor has confirmed.
    pub confirmed_version: Option<Version>,
    /// Since when the vendor is behind.
    pub behind_since: Option<Millis>,
    /// The leaves that are not in step, and why.
    pub leaves: BTreeMap<Leaf, Fate>,
    /// Why the lane is blocked.
    pub reason: Option<BlockReason>,
}

/// How a user stands at one route, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingState {
    /// The vendor shows everything that it can carry.
    InStep,
    /// Something is on its way.
    Behind,
    /// The vendor refused a leaf.
    Held,
    /// Nothing is sent before something changes.
    Blocked,
    /// The route does not serve such a user.
    NotMatching,
    /// The route has no subject for the user.
    NoIdentity,
    /// The route is paused and something is owed.
    Paused,
}

/// How a user stands at a route.
pub fn of_user(route: &Route, user: &UserRow, lane: Option<&Lane>, condition: &RouteCondition) -> Standing {
    let profile = &user.profile;
    let addressable = planner::subject_of(route, profile, lane).is_some();
    let lane = lane.cloned().unwrap_or_default();
    let view = RouteView::of(route, profile, user.version);
    let owed = planner::owed_leaves(&view, &lane);
    let state = match lane.state {
        _ if !addressable => StandingState::NoIdentity,
        _ if !view.serves() => StandingState::NotMatching,
        State::Blocked(_) => StandingState::Blocked,
        _ if !lane.held.is_empty() => StandingState::Held,
        _ if lane.acked >= lane.want && (owed.is_empty() || lane.is_suspect()) => StandingState::InStep,
        _ if condition.pause.is_some() => StandingState::Paused,
        _ => StandingState::Behind,
    };
    let mut leaves: BTreeMap<Leaf, Fate> = profile
        .iter()
        .map(|(leaf, _)| (leaf.clone(), planner::fate(route, profile, leaf)))
        .filter(|(_, fate)| *fate != Fate::Sent)
        .collect();
    leaves.extend(lane.held.keys().map(|leaf| (leaf.clone(), Fate::Held)));
    if lane.state == State::Blocked(BlockReason::NeedsData) {
        leaves.extend(lane.blocked_leaves.iter().map(|leaf| (leaf.clone(), Fate::Missing)));
    }
    Standing {
        state,
        confirmed_version: Some(lane.acked).filter(|version| *version > 0),
        behind_since: lane.dirty_since,
        leaves,
        reason: if let State::Blocked(reason) = lane.state { Some(reason) } else { None },
    }
}
