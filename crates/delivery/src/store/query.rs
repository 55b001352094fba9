use canonical::UserId;

use super::{AttemptRow, LaneRow, UserRow};
use crate::{LaneId, RouteId};
use crate::{
    Millis,
    lane::{BlockReason, Lane, State, Version},
};

/// A user with all its lanes, read at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSnapshot {
    /// The user's id.
    pub id: UserId,
    /// The user.
    pub user: UserRow,
    /// Its lanes.
    pub lanes: Vec<LaneRow>,
}

/// After which update a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateCursor(pub crate::UpdateId);

/// Which lanes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaneFilter {
    /// Of this route only.
    pub route: Option<RouteId>,
    /// Of this user only.
    pub user: Option<UserId>,
    /// In one of these states only; empty: all.
    pub states: Vec<LaneStateFilter>,
    /// Blocked for one of these reasons only; empty: for any or none.
    pub reasons: Vec<BlockReason>,
    /// Out of step since this time or longer only.
    pub since: Option<Millis>,
    /// After this lane.
    pub after: Option<LaneId>,
    /// At most so many.
    pub limit: u32,
}

impl LaneFilter {
    /// Whether the filter wants this lane of this user; where a page begins and ends is another question.
    pub fn matches(&self, user: &UserId, row: &LaneRow) -> bool {
        let blocked_for = |reason: &BlockReason| row.lane.state == State::Blocked(*reason);
        self.route.is_none_or(|route| row.route == route)
            && self.user.as_ref().is_none_or(|wanted| wanted == user)
            && (self.states.is_empty() || self.states.iter().any(|state| state.matches(&row.lane)))
            && (self.reasons.is_empty() || self.reasons.iter().any(blocked_for))
            && self.since.is_none_or(|since| row.lane.out_of_step_since().is_some_and(|at| at <= since))
    }
}

/// A state to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneStateFilter {
    /// Owes something and may be claimed now or later.
    Pending,
    /// Has a held leaf.
    Held,
    /// Is blocked.
    Blocked,
    /// The vendor has, or may have, a value of ours that is not the person's any more.
    Keeps,
    /// Owes nothing, and is to be sent once more because a lost request may still overwrite what was confirmed.
    InDoubt,
}

impl LaneStateFilter {
    /// Whether the lane is in the state. A lane that only waits for the next try of a held leaf owes nothing else: it is held and
    /// not pending; and what was confirmed and is in doubt is neither.
    pub fn matches(self, lane: &Lane) -> bool {
        match self {
            Self::Pending => match lane.state {
                State::Ready | State::InFlight | State::Wait(_) => lane.dirty_since.is_some(),
                State::Idle | State::Blocked(_) | State::Erased => false,
            },
            Self::InDoubt => match lane.state {
                State::Ready | State::InFlight | State::Wait(_) => {
                    lane.dirty_since.is_none() && lane.held.is_empty()
                }
                State::Idle | State::Blocked(_) | State::Erased => false,
            },
            Self::Held => !lane.held.is_empty(),
            Self::Keeps => lane.keeps,
            Self::Blocked => matches!(lane.state, State::Blocked(_)),
        }
    }
}

/// Which users to list for whom a route has no identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutIdentity {
    /// The route.
    pub route: RouteId,
    /// After this user.
    pub after: Option<UserId>,
    /// Maximum number of users.
    pub limit: u32,
}

/// A lane in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneView {
    /// The user.
    pub user: UserId,
    /// The lane.
    pub row: LaneRow,
    /// The user's version.
    pub version: Version,
    /// The newest update of the user, if it is still kept.
    pub update: Option<crate::UpdateId>,
}

/// An attempt in a list.
pub type AttemptView = AttemptRow;

impl RouteCounts {
    /// All living users.
    pub fn users(&self) -> u64 {
        self.lanes + self.without_identity
    }
}

/// How many lanes of a route stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouteCounts {
    /// Users whom the route knows: all lanes but erased ones and those whose identity was removed. Together with
    /// [`RouteCounts::without_identity`] they are all living users.
    pub lanes: u64,
    /// Lanes that owe something and may be claimed now or later.
    pub pending: u64,
    /// Lanes with a held leaf.
    pub held: u64,
    /// Blocked lanes.
    pub blocked: u64,
    /// Lanes at which the vendor has, or may have, a value of ours that is not the person's any more.
    pub keeping: u64,
    /// Lanes that owe nothing and are to be sent once more, because a lost request may still overwrite what was confirmed.
    pub in_doubt: u64,
    /// Living users for whom the route has no identity: it was never told who they are there, or the identity was removed.
    pub without_identity: u64,
    /// Pending lanes whose last attempt failed and is charged to themselves: each waits for its own next attempt.
    pub failing: u64,
    /// Since when the oldest pending lane owes something.
    pub oldest_since: Option<Millis>,
    /// Since when the oldest of those owes something that are not [failing](RouteCounts::failing).
    pub oldest_waiting_since: Option<Millis>,
}
