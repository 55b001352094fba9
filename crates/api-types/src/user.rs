use std::collections::BTreeMap;

use delivery::{
    Route, RouteId, RouteSet,
    gate::RouteCondition,
    lane::Lane,
    status::{self, Reason, Standing, StandingState},
    store::UserSnapshot,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    Help, Keeps, Leaves, ReasonWord, StandingWord, because_of, hint, is_false, leaves, names, time, together,
    without_identity,
};

/// A user: its leaves at the top level, and members that only the gateway writes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserBody {
    /// The leaves: `address` and `custom` nested, a cleared leaf `null`, one that was never set absent.
    #[serde(flatten)]
    #[schema(ignore)]
    pub leaves: Map<String, Value>,
    /// The id that the callers gave the user.
    pub id: String,
    /// Grows with every change.
    pub version: u64,
    /// When the newest version was accepted.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// How the vendors know the user, by the route's name.
    pub identities: BTreeMap<String, String>,
    /// How the user stands at each route.
    pub routes: BTreeMap<String, UserRouteBody>,
}

/// How a user stands at one route.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserRoute)]
pub struct UserRouteBody {
    /// In one word.
    pub state: StandingWord,
    /// The newest version of which the vendor has confirmed everything that the route sends; absent before it has confirmed anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_version: Option<u64>,
    /// Since when the vendor is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub behind_since: Option<String>,
    /// Why nothing is sent, or a value was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonWord>,
    /// The leaves that are not in step, and why.
    #[serde(skip_serializing_if = "Leaves::is_empty")]
    pub leaves: Leaves,
    /// Of the leaves that are not sent because another one that goes together with them is not: which one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub because_of: BTreeMap<String, String>,
    /// What the vendor keeps, or may keep, of the user although it is not the person's any more, by the leaf that was written there.
    #[serde(skip_serializing_if = "Keeps::is_empty")]
    pub keeps: Keeps,
    /// What the caller can do; where the vendor keeps something, what an operator can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether only an operator can help.
    #[serde(skip_serializing_if = "is_false")]
    pub operator: bool,
}

impl UserBody {
    pub fn new(
        snapshot: &UserSnapshot,
        routes: &RouteSet,
        conditions: &BTreeMap<RouteId, RouteCondition>,
    ) -> Self {
        let mut identities = BTreeMap::new();
        let mut standings = BTreeMap::new();
        for (id, route) in routes.iter() {
            let lane = snapshot.lanes.iter().find(|row| row.route == id).map(|row| &*row.lane);
            if let Some(subject) = lane.and_then(|lane| lane.subject.clone()) {
                identities.insert(route.name.clone(), subject);
            }
            let condition = conditions.get(&id).copied().unwrap_or_default();
            let standing = status::of_user(route, &snapshot.user, lane, &condition);
            standings.insert(route.name.clone(), UserRouteBody::new(route, &standing, lane));
        }
        Self {
            leaves: snapshot.user.profile.to_json(),
            id: snapshot.id.to_string(),
            version: snapshot.user.version,
            updated_at: time(snapshot.user.updated_at),
            identities,
            routes: standings,
        }
    }
}

impl UserRouteBody {
    pub fn new(route: &Route, standing: &Standing, lane: Option<&Lane>) -> Self {
        let reason = match standing.state {
            StandingState::Held => Some(ReasonWord::Rejected),
            StandingState::Blocked => standing.reason.map(Into::into),
            _ => None,
        };
        let serves = !matches!(standing.state, StandingState::NoIdentity | StandingState::NotMatching);
        let concerned = match standing.state {
            StandingState::Blocked => lane.map(|lane| names(&lane.blocked_leaves)),
            _ => lane.map(|lane| names(lane.held.keys())),
        };
        let fate = |leaf: &str| {
            standing.leaves.iter().find(|(found, _)| found.name() == leaf).map(|(_, fate)| *fate)
        };
        let concerned = concerned.unwrap_or_default();
        let hold = lane.and_then(|lane| lane.held.values().next());
        let hold =
            hold.filter(|_| standing.state == StandingState::Held).map(|hold| Reason::Held(hold.reason));
        let help = reason.map(|reason| Help::knowing(reason, &route.name, &concerned, fate));
        let help = help.map(|help| help.if_unnamed(hold, &route.name));
        Self {
            state: standing.state.into(),
            confirmed_version: standing.confirmed_version,
            behind_since: standing.behind_since.map(time),
            reason,
            leaves: if serves { leaves(&standing.leaves) } else { Leaves::default() },
            because_of: because_of(&standing.because_of),
            operator: help.as_ref().is_some_and(|help| help.operator),
            hint: match standing.state {
                StandingState::NoIdentity => Some(without_identity(route)),
                _ => help
                    .map_or_else(|| hint(route, &standing.kept), |help| help.hint)
                    .or_else(|| together(&standing.leaves, &standing.because_of)),
            },
            keeps: Keeps::new(&standing.kept),
        }
    }
}
