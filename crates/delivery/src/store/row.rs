use std::{collections::BTreeMap, fmt, sync::Arc};

use adapter::Fate;
use canonical::{Leaf, Profile, UserId, Value};

use crate::{
    LaneId, Millis, Route, RouteId, UpdateId,
    lane::{FailureClass, Lane, Version},
    mutation::{self, Mutation},
};

use super::Names;

/// One user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserRow {
    /// How many times the id was taken into use; grows when an erased id is used again.
    pub incarnation: u32,
    /// The newest version.
    pub version: Version,
    /// The profile; empty after an erase.
    pub profile: Arc<Profile>,
    /// When the user was erased, if it is.
    pub erased_at: Option<Millis>,
    /// When the newest version was accepted.
    pub updated_at: Millis,
    /// How the routes name the user's manager, where that is a user, too.
    pub manager: Names,
}

impl UserRow {
    /// The profile as a route's vendor is to have it. Where the vendor wants to be told a manager in the way in which the route names
    /// people, and the manager is a user with an identity there, that identity stands in the place of the id.
    pub fn seen_by(&self, route: &Route) -> Arc<Profile> {
        let name = self.manager.at(&route.name).filter(|_| route.mapping.names_by_subject(&Leaf::Manager));
        match name {
            Some(name) if !mutation::is_on(Mutation::ManagerAsGiven) => {
                Arc::new(self.profile.with_value(&Leaf::Manager, Value::Text(name.to_owned())))
            }
            _ => Arc::clone(&self.profile),
        }
    }
}

/// One lane; cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneRow {
    /// The lane's id; none before it is written first.
    pub id: Option<LaneId>,
    /// The route.
    pub route: RouteId,
    /// The lane itself; shared by those who only look at it.
    pub lane: Arc<Lane>,
}

impl LaneRow {
    /// The lane, to be changed.
    pub fn lane_mut(&mut self) -> &mut Lane {
        Arc::make_mut(&mut self.lane)
    }
}

/// One accepted update: what it did at accept time. What became of it since is read from the lanes.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateRow {
    /// The id.
    pub id: UpdateId,
    /// The user.
    pub user: UserId,
    /// The user's version after the update.
    pub version: Version,
    /// The name of the caller's key.
    pub caller: String,
    /// When it was accepted.
    pub at: Millis,
    /// Which incarnation of the user it belongs to.
    pub incarnation: u32,
    /// Whether the user was created by it.
    pub created: bool,
    /// The leaves that it changed.
    pub changed: Vec<Leaf>,
    /// The leaves that it set to the value they had.
    pub unchanged: Vec<Leaf>,
    /// Whether it changed anything: leaves or identities.
    pub effective: bool,
    /// What was found for each route that was configured then.
    pub verdicts: BTreeMap<RouteId, RouteVerdict>,
}

/// What was found for one route when an update was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteVerdict {
    /// Whether the route owes the vendor something because of the update.
    pub verdict: Verdict,
    /// The leaves of the update that the route does not carry, and why.
    pub fates: BTreeMap<Leaf, Fate>,
}

/// Whether a route owes its vendor something because of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Owed,
    /// No leaf of the update is carried, nothing changed, or there was nothing to send for what did.
    NothingToSend,
    /// The route does not serve such a user.
    NotMatching,
    /// The route has no subject for the user.
    NoIdentity,
}

/// An attempt that was not a success at the first try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// When its first request was started.
    pub at: Millis,
    /// The user version that it carried.
    pub sent: Version,
    /// Why it failed; none for a success.
    pub class: Option<FailureClass>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub took: Millis,
    /// The vendor's words, redacted.
    pub detail: Option<String>,
}

/// What an update did to the subject of one route.
#[derive(Clone, PartialEq, Eq)]
pub enum IdentityAct {
    /// It was set where there was none, or changed.
    Set {
        /// The subject as it is sent.
        text: String,
        /// The subject for comparing.
        key: String,
    },
    /// It was removed.
    Remove,
}

impl fmt::Debug for IdentityAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IdentityAct::Set { .. } => "Set(..)",
            IdentityAct::Remove => "Remove",
        })
    }
}
