use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

use super::stop::stopped;

use crate::{
    Millis, Route,
    gate::RouteCondition,
    lane::{self, Assertion, BlockReason, Kept, Lane, State, Stop, Version},
    mutation::{self, Mutation},
    planner::{self, RouteView},
    store::UserRow,
};

/// How a user stands at one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In one word.
    pub state: StandingState,
    /// The newest version of which the vendor has confirmed everything that the route carries; none before it has confirmed
    /// anything.
    pub confirmed_version: Option<Version>,
    /// Since when the vendor is behind.
    pub behind_since: Option<Millis>,
    /// The leaves that are not in step, and why.
    pub leaves: BTreeMap<Leaf, Fate>,
    /// Of these, the leaf that goes together with each and is the cause.
    pub because_of: BTreeMap<Leaf, Leaf>,
    /// Why the lane is blocked.
    pub reason: Option<BlockReason>,
    /// What the vendor has, or may have, that is not the person's any more.
    pub kept: Vec<KeptLeaf>,
}

/// A value of ours that a vendor keeps, and why nothing replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLeaf {
    /// What is kept, and where.
    pub kept: Kept,
    /// Why.
    pub because: Fate,
    /// The leaf that goes together with the one that the field stands for and is the cause, if one is.
    pub because_of: Option<Leaf>,
}

/// How a user stands at one route, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingState {
    /// The vendor has confirmed everything that the route carries, and has nothing of ours besides.
    InStep,
    /// The vendor has confirmed everything that the route carries, and keeps something that is not the person's any more.
    InStepExcept,
    /// As in step, but a lost request may still overwrite what was confirmed: it is asserted once more.
    InDoubt,
    /// As in step, as far as a row of an older schema tells.
    Assumed,
    /// Nothing was ever confirmed, and nothing is owed.
    NothingSent,
    /// Something is on its way.
    Behind,
    /// The vendor refused a leaf; it has everything else.
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
    let view = RouteView::of(route, user);
    let facts = view.facts();
    let lane = lane.map(|lane| lane.seen_by(&facts)).unwrap_or_default();
    let kept: Vec<KeptLeaf> = planner::kept(route, profile, &view, &lane)
        .into_iter()
        .map(|kept| KeptLeaf::of(route, user, &lane, &view, kept))
        .collect();
    let of_carried = Summary::of(&lane, &view);
    let state = match lane.state {
        _ if !addressable => StandingState::NoIdentity,
        _ if !view.serves() => StandingState::NotMatching,
        State::Blocked(_) => StandingState::Blocked,
        _ if of_carried.behind && condition.pause.is_some() => StandingState::Paused,
        _ if of_carried.behind => StandingState::Behind,
        _ if of_carried.in_doubt && !mutation::is_on(Mutation::InStepInDoubt) => StandingState::InDoubt,
        _ if of_carried.held => StandingState::Held,
        _ if !kept.is_empty() => StandingState::InStepExcept,
        _ if of_carried.assumed => StandingState::Assumed,
        _ if lane.slots.has_confirmed() => StandingState::InStep,
        _ => StandingState::NothingSent,
    };
    let mut leaves: BTreeMap<Leaf, Fate> = profile
        .iter()
        .filter_map(|(leaf, _)| Some((leaf.clone(), planner::fate(route, profile, leaf)?)))
        .collect();
    let mut because_of = BTreeMap::new();
    for (leaf, (fate, companion)) in stopped(route, profile, &lane, &view) {
        leaves.insert(leaf.clone(), fate);
        because_of.extend(companion.map(|companion| (leaf, companion)));
    }
    let without_members = view.carried().filter(|it| lane::has_nothing_to_send(&lane, &facts, &it.leaf));
    for carried in without_members {
        leaves.entry(carried.leaf.clone()).or_insert(Fate::NothingToSend);
    }
    if lane.state == State::Blocked(BlockReason::NeedsData) {
        let needed = |leaf: &Leaf| (leaf.clone(), planner::fate_of_needed(route, profile, leaf));
        leaves.extend(lane.blocked_leaves.iter().map(needed));
    }
    Standing {
        state,
        confirmed_version: confirmed_version(&lane, &view, user.version),
        behind_since: lane.dirty_since,
        leaves,
        because_of,
        reason: if let State::Blocked(reason) = lane.state { Some(reason) } else { None },
        kept,
    }
}

/// How what the route carries stands.
#[derive(Default)]
struct Summary {
    behind: bool,
    in_doubt: bool,
    held: bool,
    assumed: bool,
}

impl Summary {
    fn of(lane: &Lane, view: &RouteView) -> Self {
        let facts = view.facts();
        let mut summary = Self::default();
        for assertion in view.carried() {
            let slot = lane.slots.get(&assertion.slot);
            if lane::has_nothing_to_send(lane, &facts, &assertion.leaf) {
                continue;
            }
            match lane::stop(lane, &facts, assertion) {
                Some(Stop::Held(_) | Stop::HeldWith(..)) => summary.held = true,
                Some(Stop::UncarriedWith(_)) => {}
                None if !lane::is_confirmed(lane, assertion) => summary.behind = true,
                None => {
                    if let Some(slot) = slot {
                        summary.in_doubt |= slot.in_doubt || slot.is_flying;
                        summary.assumed |= slot.is_assumed;
                    }
                }
            }
        }
        summary
    }
}

impl KeptLeaf {
    /// What is kept, with the reason why nothing replaces it.
    pub(crate) fn of(route: &Route, user: &UserRow, lane: &Lane, view: &RouteView, kept: Kept) -> Self {
        let (because, because_of) = match route.mapping.leaf_of(&kept.slot) {
            None => (Fate::Unmapped, None),
            Some(owner) => because(route, user, lane, view, owner),
        };
        Self { kept, because, because_of }
    }
}

/// Why nothing is sent to the field of this leaf.
fn because(
    route: &Route,
    user: &UserRow,
    lane: &Lane,
    view: &RouteView,
    owner: &Leaf,
) -> (Fate, Option<Leaf>) {
    let alone = |fate| (fate, None);
    match planner::fate(route, &user.profile, owner) {
        // Of a leaf that was never set nothing is to be sent.
        Some(_) if user.profile.get(owner).is_none() => alone(Fate::Unmapped),
        Some(fate) => alone(fate),
        None if !route.serves(&user.profile) => alone(Fate::NotMatching),
        None => stopped(route, &user.profile, lane, view).remove(owner).unwrap_or(alone(Fate::Held)),
    }
}

fn confirmed_version(lane: &Lane, view: &RouteView, newest: Version) -> Option<Version> {
    let facts = view.facts();
    let is_open = |assertion: &&Assertion| {
        !lane::is_confirmed(lane, assertion)
            && !lane::has_nothing_to_send(lane, &facts, &assertion.leaf)
            && !matches!(lane::stop(lane, &facts, assertion), Some(Stop::UncarriedWith(_)))
    };
    let oldest_open = view.carried().filter(is_open).map(|assertion| assertion.version).min();
    let version = oldest_open.map_or(newest, |version| version - 1);
    Some(version).filter(|version| *version > 0 && lane.slots.has_confirmed())
}
