use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

use super::{Reason, StandingState, of_user};
use crate::{
    Millis, Route,
    gate::RouteCondition,
    lane::{BlockReason, Lane, State, WaitCause},
    store::UserRow,
};

/// How a lane stands by itself, whatever its route does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneStanding {
    /// `Blocked`, `Held`, `Behind`, `InDoubt`, `InStepExcept`, `NothingSent` or `InStep`.
    pub state: StandingState,
    /// Why it is blocked or a leaf held.
    pub reason: Option<Reason>,
    /// The leaves that the reason is about.
    pub concerned: Vec<Leaf>,
    /// The leaves that a block and holds are about, and what becomes of each.
    pub leaves: BTreeMap<Leaf, Fate>,
    /// Since when the vendor does not show everything. A filter by age goes by it, too.
    pub since: Option<Millis>,
}

/// How a lane stands, where its user is known: a value that is there and cannot be sent is another matter than one that is missing.
pub fn of_lane_of(route: &Route, user: &UserRow, lane: &Lane) -> LaneStanding {
    let mut standing = of_lane(lane);
    let known = of_user(route, user, Some(lane), &RouteCondition::default());
    let concerned = |leaf: &Leaf| standing.concerned.contains(leaf);
    let known: Vec<_> = known.leaves.into_iter().filter(|(leaf, _)| concerned(leaf)).collect();
    standing.leaves.extend(known);
    standing
}

/// How a lane stands.
pub fn of_lane(lane: &Lane) -> LaneStanding {
    let held = || lane.held.keys().cloned().collect();
    let hold = lane.held.values().next().map(|hold| Reason::Held(hold.reason));
    let (state, reason, concerned) = match lane.state {
        State::Blocked(reason) => {
            (StandingState::Blocked, Some(Reason::Blocked(reason)), lane.blocked_leaves.clone())
        }
        State::Idle | State::Ready | State::InFlight | State::Wait(_) if lane.dirty_since.is_some() => {
            (StandingState::Behind, hold, held())
        }
        State::Wait(WaitCause::HoldRetry) => (StandingState::Held, hold, held()),
        State::Ready | State::InFlight | State::Wait(_) => (StandingState::InDoubt, None, Vec::new()),
        _ if hold.is_some() => (StandingState::Held, hold, held()),
        _ if lane.keeps => (StandingState::InStepExcept, None, Vec::new()),
        _ if !lane.slots.has_confirmed() && lane.watermark.is_none() => {
            (StandingState::NothingSent, None, Vec::new())
        }
        _ => (StandingState::InStep, None, Vec::new()),
    };
    let is_missing = lane.state == State::Blocked(BlockReason::NeedsData);
    let fate = if is_missing { Fate::Missing } else { Fate::Held };
    let blocked = lane.blocked_leaves.iter().map(|leaf| (leaf.clone(), fate));
    LaneStanding {
        state,
        reason,
        concerned,
        leaves: lane.held.keys().map(|leaf| (leaf.clone(), Fate::Held)).chain(blocked).collect(),
        since: lane.out_of_step_since(),
    }
}
