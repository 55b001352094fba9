use std::{fmt, sync::Arc};

use adapter::SubjectKind;
use canonical::{Patch, Profile, UserId};

use super::{AttemptRow, LaneRow, UpdateRow, UserRow};
use crate::{LaneId, RouteId, UpdateId};
use crate::{
    Millis, Route, RouteSet, TraceContext,
    event::{Condition, Facts},
    failure::History,
    gate::Pause,
    lane::{Claim, Priority, Rearm, Rekey, Settle, Version},
};

/// Who asks for something, by name: a caller's key or the gateway itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(pub String);

impl Actor {
    /// The gateway itself.
    pub fn gateway() -> Self {
        Self("gateway".to_owned())
    }
}

/// One update to take.
#[derive(Debug, Clone)]
pub struct Accept {
    /// The id that the update gets.
    pub id: UpdateId,
    /// The user.
    pub user: UserId,
    /// The change.
    pub patch: Patch,
    /// What must hold of the user.
    pub precondition: Precondition,
    /// Names the request, so that it is taken once however often it is sent.
    pub idempotency: Option<IdempotencyKey>,
    /// Who sends it.
    pub caller: Actor,
    /// Whether a user that was never seen may be created.
    pub may_create: bool,
    /// Whether identities may be changed or removed, and not only set.
    pub may_operate: bool,
    /// The trace that it belongs to.
    pub trace: Option<TraceContext>,
    /// The routes to fan out to.
    pub routes: Arc<RouteSet>,
    /// Routes for which a permit and a rate token are in hand: their lanes may be claimed in the same transaction.
    pub grants: Vec<RouteId>,
    /// Which queue of a route the update waits in.
    pub priority: Priority,
    /// The time now.
    pub now: Millis,
}

/// What must hold of a user before a request is carried out (RFC 9110 section 13.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// `If-Match: "7"`: the user has this version.
    Version(Version),
    /// `If-Match: "7", "8"`: the user has one of these versions.
    AnyOf(Vec<Version>),
    /// `If-None-Match: "7", "8"`: the user has none of these versions, or does not exist.
    NoneOf(Vec<Version>),
    /// `If-Match: *`: the user exists.
    Exists,
    /// `If-Match: *` beside `If-None-Match: "7", "8"`: the user exists and has none of these versions.
    OtherThan(Vec<Version>),
    /// `If-None-Match: *`: the user does not exist, or was erased.
    Absent,
}

impl Precondition {
    /// Whether it holds of a user with this version; none: of one that does not exist, or was erased.
    pub fn holds(&self, current: Option<Version>) -> bool {
        match self {
            Self::None => true,
            Self::Version(version) => current == Some(*version),
            Self::AnyOf(versions) => current.is_some_and(|current| versions.contains(&current)),
            Self::NoneOf(versions) => current.is_none_or(|current| !versions.contains(&current)),
            Self::Exists => current.is_some(),
            Self::OtherThan(versions) => current.is_some_and(|current| !versions.contains(&current)),
            Self::Absent => current.is_none(),
        }
    }
}

/// A request's own name (`Idempotency-Key`) and what it asks for. Kept only as keyed MACs.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key.
    pub key: String,
    /// Method, path, preconditions and canonical body.
    pub request: Vec<u8>,
    /// When the key may be forgotten.
    pub expires_at: Millis,
}

/// What became of an accept.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The update; of a replay, the one that was taken first.
    pub update: UpdateRow,
    /// Whether the idempotency key was known.
    pub replayed: bool,
    /// The user after the update.
    pub user: UserRow,
    /// All lanes of the user after the update, and after claims on accept.
    pub lanes: Vec<LaneRow>,
    /// The grants that were used, with what is to be sent.
    pub work: Vec<Work>,
}

/// Claims due lanes of one route.
#[derive(Debug, Clone)]
pub struct ClaimDue {
    /// The route.
    pub route: RouteId,
    /// The routes as configured now.
    pub routes: Arc<RouteSet>,
    /// The most lanes to claim.
    pub limit: u32,
    /// The most of them that are not claimed for the first time.
    pub retries: u32,
    /// A fraction in `[0, 1)` when one lane is to find out whether the route works: it is taken by chance.
    pub probe: Option<f64>,
    /// When the route recovered last: lanes that wait because of it since before then are due.
    pub released_at: Option<Millis>,
    /// The time now.
    pub now: Millis,
}

/// Lanes that were claimed.
#[derive(Debug, Default)]
pub struct Claimed {
    /// What is to be sent.
    pub work: Vec<Work>,
    /// How many of them are not claimed for the first time.
    pub retries: u32,
    /// Whether more lanes were due than were looked at.
    pub more: bool,
    /// When the next lane of the route is due, if none is now.
    pub next_due: Option<Millis>,
}

/// One claimed lane with the copy of the profile that its request is built from.
#[derive(Debug, Clone)]
pub struct Work {
    /// The lane.
    pub lane: LaneId,
    /// The route.
    pub route: RouteId,
    /// The user.
    pub user: UserId,
    /// What is to be sent.
    pub claim: Claim,
    /// The profile in the claim's transaction.
    pub profile: Arc<Profile>,
    /// What the lane was like.
    pub history: History,
    /// The vendor's id of the person that every answer must repeat.
    pub witness: Option<String>,
    /// Since when the lane owes something.
    pub behind_since: Option<Millis>,
    /// The trace of the newest update that is owed.
    pub trace: Option<TraceContext>,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The lane.
    pub lane: LaneId,
    /// The route under which the attempt was made.
    pub route: Arc<crate::Route>,
    /// The event.
    pub settle: Settle,
    /// To be kept, for every attempt but a success at the first try.
    pub attempt: Option<AttemptRow>,
    /// The time now.
    pub now: Millis,
}

/// Forgets a user.
#[derive(Debug, Clone)]
pub struct Erase {
    /// The user.
    pub user: UserId,
    /// What must hold of the user, unless it was erased before.
    pub precondition: Precondition,
    /// Who asks.
    pub by: Actor,
    /// The routes as configured now.
    pub routes: Arc<RouteSet>,
    /// The time now.
    pub now: Millis,
}

/// What an erase found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The version that the erase is.
    pub version: Version,
    /// When the user was erased first.
    pub at: Millis,
    /// The routes whose vendors may hold a copy.
    pub disclosed_to: Vec<RouteId>,
}

/// Applies an event to lanes that stand still.
#[derive(Debug, Clone)]
pub struct RearmLanes {
    /// The event.
    pub rearm: Rearm,
    /// Which lanes.
    pub target: RearmTarget,
    /// The routes as configured now.
    pub routes: Arc<RouteSet>,
    /// Who asks.
    pub by: Actor,
    /// The time now.
    pub now: Millis,
}

/// Looks through the next lanes of a route after its mapping or place has changed, or its rows were of an older schema.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The route.
    pub route: RouteId,
    /// The routes as configured now.
    pub routes: Arc<RouteSet>,
    /// [`RegisteredRoute::changes`] of that configuration. What is looked through under an older one would count as looked through
    /// under the newest one, and is not: nothing is done then.
    pub changes: u64,
    /// At most so many lanes.
    pub limit: u32,
    /// The time now.
    pub now: Millis,
}

/// What one step of a pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Lanes that owe something, and did not before.
    pub woken: u64,
    /// Whether every lane of the route has been looked at.
    pub is_over: bool,
}

/// Gives a lane at a route to every user whom the route could address and has none for.
#[derive(Debug, Clone)]
pub struct Enrol {
    /// The route's id.
    pub route: RouteId,
    /// The routes as configured now.
    pub routes: Arc<RouteSet>,
    /// The time now.
    pub now: Millis,
}

/// Which lanes an event is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RearmTarget {
    /// These lanes.
    Lanes(Vec<LaneId>),
    /// Every lane of a route that is held or blocked.
    Attention(RouteId),
    /// Every lane of a route.
    Route(RouteId),
}

/// Removes what has been kept long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Updates accepted before then are removed.
    pub updates_before: Millis,
    /// Attempts made before then are removed.
    pub attempts_before: Millis,
    /// The time now: idempotency keys that have expired are removed.
    pub now: Millis,
}

/// Notes that something is the matter with a route, or is not any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The route.
    pub route: RouteId,
    /// What may be the matter.
    pub condition: Condition,
    /// Whether it is.
    pub lasts: bool,
    /// The cause, and numbers.
    pub facts: Facts,
    /// The time now.
    pub now: Millis,
}

/// A configured route, to be given an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRegistration {
    /// The route's name.
    pub name: String,
    /// The vendor.
    pub vendor: String,
    /// How the vendor names a person.
    pub subject_kind: String,
    /// The vendor's scheme, host and port, and what else says whose data it is (a network id).
    pub origin: String,
    /// What tells two mappings of the route apart.
    pub mapping_revision: u64,
    /// Whether a changed origin was confirmed.
    pub confirm_origin: bool,
    /// How the route compares two subjects; see [`adapter::Comparison::name`].
    pub comparison: String,
}

impl RouteRegistration {
    /// What is to be registered of a route; a changed origin is not confirmed.
    pub fn of(route: &Route) -> Self {
        Self {
            name: route.name.clone(),
            vendor: route.adapter.dialect().vendor.to_owned(),
            subject_kind: route.subject_kind.name.to_owned(),
            origin: route.origin.clone(),
            mapping_revision: route.mapping_revision,
            confirm_origin: false,
            comparison: route.subject_kind.comparison.name().to_owned(),
        }
    }
}

/// A route as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredRoute {
    /// The id.
    pub id: RouteId,
    /// The name.
    pub name: String,
    /// How it was left.
    pub pause: Option<Pause>,
    /// How often its mapping or its place was another one than before.
    pub changes: u64,
    /// Whether lanes of the route are to be looked through, because its mapping or its place is another one than when they were
    /// written, or their rows are of an older schema.
    pub pass_due: bool,
    /// Whether the keys of the route's subjects were made by another comparison; see [`Store::rekey`](super::Store::rekey).
    pub keys_due: bool,
}

/// The subjects of a route get the keys by which it compares them now.
#[derive(Debug, Clone, Copy)]
pub struct Rekeying {
    /// The route.
    pub route: RouteId,
    /// How its vendor names a person.
    pub kind: &'static SubjectKind,
    /// The time now.
    pub now: Millis,
}

/// What new keys have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rekeyed {
    /// How many subjects have another key.
    pub changed: u64,
    /// How many users are blocked because another user's subject is the same one now.
    pub taken: u64,
    /// How many users are blocked because the route takes no such subject any more.
    pub unaddressable: u64,
}

impl Rekeyed {
    /// Counts one.
    pub fn count(&mut self, rekey: &Rekey) {
        *match rekey {
            Rekey::To(_) => &mut self.changed,
            Rekey::Taken => &mut self.taken,
            Rekey::Unaddressable => &mut self.unaddressable,
        } += 1;
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            changed: self.changed + other.changed,
            taken: self.taken + other.taken,
            unaddressable: self.unaddressable + other.unaddressable,
        }
    }
}

/// What a settle has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing beyond what the attempt has.
    AsAnswered,
    /// The success named a person who is another user of the route; it was recorded as an answer about the wrong one.
    AnotherPerson,
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(..)")
    }
}
