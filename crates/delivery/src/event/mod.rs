//! What operators are told without asking: what begins or ends at a route, once each time. Names and numbers, nothing of a
//! person. Who is told, and how, is not decided here.

mod condition;
mod drift;
mod facts;
mod retry;

#[cfg(test)]
mod tests;

pub use condition::{Condition, Seen, Thresholds};
pub use drift::Drift;
pub use facts::Facts;
pub(crate) use facts::{
    backlog, behind, blocked, breaker, deprecated, deprecation_of, drifting, is_open, keeping, moment, pause,
};
pub use retry::{Answer, Next, next};

use serde::Serialize;
use uuid::Uuid;

use crate::{Millis, RouteId};

/// How many events are kept.
pub const MOST_KEPT: i64 = 1_000;
/// How long an event is worth telling.
pub const KEPT_FOR: Millis = 72 * 60 * 60 * 1_000;

/// What an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
pub enum EventKind {
    /// A route is paused, or for another reason than before.
    RoutePaused,
    /// A paused route sends again.
    RouteResumed,
    /// A route failed so often that only one request at a time is tried.
    BreakerOpened,
    /// Such a route answers again.
    BreakerClosed,
    /// Many lanes of a route are blocked.
    LanesBlocked,
    /// Fewer than half of the threshold are blocked.
    LanesUnblocked,
    /// The oldest pending lane of a route has been behind for long.
    BacklogLate,
    /// The age of the backlog is below half of the threshold.
    BacklogRecovered,
    /// A vendor keeps a value that is not theirs any more of many users.
    FieldsKept,
    /// Not of so many any more.
    FieldsReleased,
    /// A vendor does not hold what it confirmed.
    DriftFound,
    /// It does again.
    DriftGone,
    /// A vendor will withdraw the version of its API that a route uses, or on another day than it said before.
    ApiDeprecated,
    /// It does not say so any more.
    ApiSupported,
}

impl EventKind {
    /// The word for it, in the form of Standard Webhooks: an object, a full stop, what happened to it.
    pub fn name(self) -> &'static str {
        match self {
            Self::RoutePaused => "route.paused",
            Self::RouteResumed => "route.resumed",
            Self::BreakerOpened => "breaker.opened",
            Self::BreakerClosed => "breaker.closed",
            Self::LanesBlocked => "lanes.blocked",
            Self::LanesUnblocked => "lanes.unblocked",
            Self::BacklogLate => "backlog.late",
            Self::BacklogRecovered => "backlog.recovered",
            Self::FieldsKept => "fields.kept",
            Self::FieldsReleased => "fields.released",
            Self::DriftFound => "drift.found",
            Self::DriftGone => "drift.gone",
            Self::ApiDeprecated => "api.deprecated",
            Self::ApiSupported => "api.supported",
        }
    }

    /// Every kind.
    pub fn all() -> &'static [Self] {
        <Self as strum::VariantArray>::VARIANTS
    }

    /// The kind of a word.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|kind| kind.name() == name)
    }
}

impl Serialize for EventKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An event, to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// When it happened.
    pub at: Millis,
    /// What happened.
    pub kind: EventKind,
    /// To which route.
    pub route: RouteId,
    /// The cause, and numbers.
    pub facts: Facts,
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number: later events have higher ones.
    pub seq: i64,
    /// What receivers know it by, however often they are told of it.
    pub id: Uuid,
    /// When it happened.
    pub at: Millis,
    /// What happened.
    pub kind: EventKind,
    /// To which route.
    pub route: String,
    /// The route's vendor.
    pub vendor: String,
    /// The cause, and numbers.
    pub facts: Facts,
}
