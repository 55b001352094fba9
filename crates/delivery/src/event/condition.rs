use super::{EventKind, Facts, deprecation_of};
use crate::Millis;

/// What can be the matter with a route for a while. It is told when it begins and when it ends, and not in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
pub enum Condition {
    /// The breaker is open.
    Breaker,
    /// Many lanes are blocked.
    Blocked,
    /// The oldest pending lane has been behind for long.
    Backlog,
    /// The vendor keeps a value that is not theirs any more of many users.
    Kept,
    /// The vendor does not hold what it confirmed.
    Drift,
    /// The vendor will withdraw the version of its API that the route uses.
    Deprecated,
}

impl Condition {
    /// The word under which it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaker => "breaker",
            Self::Blocked => "blocked",
            Self::Backlog => "backlog",
            Self::Kept => "kept",
            Self::Drift => "drift",
            Self::Deprecated => "deprecated",
        }
    }

    /// The condition of a word.
    pub fn of_name(name: &str) -> Option<Self> {
        <Self as strum::VariantArray>::VARIANTS.iter().copied().find(|condition| condition.name() == name)
    }

    /// What is told when it begins.
    pub fn begins(self) -> EventKind {
        match self {
            Self::Breaker => EventKind::BreakerOpened,
            Self::Blocked => EventKind::LanesBlocked,
            Self::Backlog => EventKind::BacklogLate,
            Self::Kept => EventKind::FieldsKept,
            Self::Drift => EventKind::DriftFound,
            Self::Deprecated => EventKind::ApiDeprecated,
        }
    }

    /// What is told when it ends.
    pub fn ends(self) -> EventKind {
        match self {
            Self::Breaker => EventKind::BreakerClosed,
            Self::Blocked => EventKind::LanesUnblocked,
            Self::Backlog => EventKind::BacklogRecovered,
            Self::Kept => EventKind::FieldsReleased,
            Self::Drift => EventKind::DriftGone,
            Self::Deprecated => EventKind::ApiSupported,
        }
    }

    /// Whether a condition that lasts is another one than it was, and is told anew.
    pub fn has_turned(self, before: &Facts, now: &Facts) -> bool {
        self == Self::Deprecated && !deprecation_of(now).is_as(&deprecation_of(before))
    }
}

/// From where on something is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// So many blocked lanes of a route.
    pub blocked: u64,
    /// The oldest pending lane of a route has been behind for so long.
    pub backlog: Millis,
    /// The vendor keeps a value that is not theirs any more of so many users of a route; none: nobody is told.
    pub kept: Option<u64>,
}

/// A route as it is seen at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Whether the breaker is open; none while this process has not heard from the vendor.
    pub breaker: Option<bool>,
    /// Blocked lanes.
    pub blocked: u64,
    /// How long the oldest pending lane has been behind.
    pub behind: Millis,
    /// Users of whom the vendor keeps a value that is not theirs any more.
    pub keeping: u64,
}

impl Thresholds {
    /// Whether a condition lasts, as it is seen. One that has begun at a threshold ends at half of it, so that what moves to and
    /// fro around the threshold is told once.
    pub fn lasts(&self, condition: Condition, lasted: bool, seen: &Seen) -> bool {
        match condition {
            Condition::Breaker => seen.breaker.unwrap_or(lasted),
            Condition::Blocked => seen.blocked >= self.blocked || (lasted && seen.blocked > self.blocked / 2),
            Condition::Backlog => seen.behind >= self.backlog || (lasted && seen.behind > self.backlog / 2),
            Condition::Kept => {
                self.kept.is_some_and(|most| seen.keeping >= most || (lasted && seen.keeping > most / 2))
            }
            // Seen by a comparison with the vendor, and in its answers.
            Condition::Drift | Condition::Deprecated => lasted,
        }
    }
}
