use std::collections::{BTreeMap, BTreeSet};

use adapter::Fate;
use canonical::Leaf;
use delivery::{
    Route, RouteSet,
    lane::FailureClass,
    status::{RouteState, RouteStatus, UpdateStatus},
    store::UpdateRow,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    FailureWord, Help, Leaves, ReasonWord, StateWord, WaitingWord, because_of, is_false, leaves, names, time,
    together, without_identity,
};

/// One accepted update and what has become of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Update)]
pub struct UpdateBody {
    /// The update's id; ids sort by time.
    id: Uuid,
    /// The user's id.
    user: String,
    /// The user's version after the update.
    version: u64,
    /// Whether the user was created by it.
    created: bool,
    /// Whether it changed anything.
    changed: bool,
    /// When it was accepted.
    #[schema(format = DateTime)]
    accepted_at: String,
    /// The version that has replaced every leaf of the update.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<u64>,
    /// Leaves of the update that no route carries: they are kept here and go to no vendor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    carried_nowhere: Vec<String>,
    /// What the caller can do about these.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What has become of it, by the route's name.
    routes: BTreeMap<String, UpdateRouteBody>,
}

/// What has become of an update at one route.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpdateRoute)]
pub struct UpdateRouteBody {
    /// In one word; states never go backwards.
    state: StateWord,
    /// What a pending route waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_for: Option<WaitingWord>,
    /// Failed attempts in a row.
    #[serde(skip_serializing_if = "is_zero")]
    attempts: u32,
    /// When the next attempt is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    /// The last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<ErrorBody>,
    /// Why the route is blocked or a leaf held.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonWord>,
    /// What becomes of each leaf of the update.
    #[serde(skip_serializing_if = "Leaves::is_empty")]
    leaves: Leaves,
    /// Of the leaves that are not sent because another one that goes together with them is not: which one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    because_of: BTreeMap<String, String>,
    /// Leaves that the vendor echoed with another value than the one sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<String>,
    /// What the caller can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Whether only an operator can help.
    #[serde(skip_serializing_if = "is_false")]
    operator: bool,
}

/// A failed attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttemptError)]
pub struct ErrorBody {
    /// What kind of failure it was.
    kind: FailureWord,
    /// The status of the vendor's answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

impl UpdateBody {
    pub fn new(update: &UpdateRow, status: &UpdateStatus, configured: &RouteSet) -> Self {
        let routes = status.routes.iter().map(|(name, status)| {
            let route = configured.by_name(name).map(|(_, route)| &**route);
            (name.clone(), UpdateRouteBody::new(name, route, status))
        });
        let (carried_nowhere, hint) =
            carried_nowhere(update.changed.iter().chain(&update.unchanged), configured);
        Self {
            carried_nowhere,
            hint,
            id: update.id,
            user: update.user.to_string(),
            version: update.version,
            created: update.created,
            changed: update.effective,
            accepted_at: time(update.at),
            superseded_by: status.superseded_by,
            routes: routes.collect(),
        }
    }
}

impl UpdateRouteBody {
    fn new(name: &str, configured: Option<&Route>, route: &RouteStatus) -> Self {
        let unknown = configured.filter(|_| route.state == RouteState::NoIdentity);
        let reason = route.reason.map(ReasonWord::from);
        let fate =
            |leaf: &str| route.leaves.iter().find(|(found, _)| found.name() == leaf).map(|(_, fate)| *fate);
        let help = reason.map(|reason| Help::knowing(reason, name, &concerned(route), fate));
        let help = help.map(|help| help.if_unnamed(route.reason, name));
        Self {
            state: route.state.into(),
            waiting_for: route.waiting_for.map(Into::into),
            attempts: route.attempts,
            next_attempt_at: route.next_attempt_at.map(time),
            last_error: route.last_error.map(|(class, status)| ErrorBody::new(class, status)),
            reason,
            // Where the route does not serve the user, no leaf has a fate of its own.
            leaves: if serves(route.state) { leaves(&route.leaves) } else { Leaves::default() },
            because_of: because_of(&route.because_of),
            unverified: names(&route.unverified),
            operator: help.as_ref().is_some_and(|help| help.operator),
            hint: help
                .and_then(|help| help.hint)
                .or_else(|| unknown.map(without_identity))
                .or_else(|| together(&route.leaves, &route.because_of)),
        }
    }
}

/// The leaves of an update that no route has a field for.
/// Those of an update's leaves that no route carries, by name, and what the caller can do about them.
pub(crate) fn carried_nowhere<'a>(
    leaves: impl Iterator<Item = &'a Leaf>,
    routes: &RouteSet,
) -> (Vec<String>, Option<String>) {
    let is_carried = |leaf: &Leaf| routes.iter().any(|(_, route)| route.mapping.field(leaf).is_some());
    let nowhere: Vec<&Leaf> = leaves.filter(|leaf| !is_carried(leaf)).collect();
    (names(nowhere.iter().copied()), (!nowhere.is_empty()).then(|| mapped_by_nobody(&nowhere)))
}

fn mapped_by_nobody(leaves: &[&Leaf]) -> String {
    let meant = leaves.iter().filter(|leaf| matches!(leaf, Leaf::Custom(_)));
    let meant = meant.filter_map(|leaf| Some(format!("{} instead of {leaf}", Leaf::meant_by(leaf.name())?)));
    let meant: Vec<String> = meant.collect();
    let fields = "an operator gives such a leaf a field with `fields` of a route";
    match meant.is_empty() {
        true => format!("no route has a field for these; {fields}"),
        false => format!("no route has a field for these; did you mean {}? {fields}", meant.join(", ")),
    }
}

fn serves(state: RouteState) -> bool {
    !matches!(state, RouteState::NoIdentity | RouteState::NotMatching | RouteState::Erased)
}

/// The leaves that a block or hold is about.
fn concerned(route: &RouteStatus) -> Vec<String> {
    if !route.blocked.is_empty() {
        return names(&route.blocked);
    }
    let held = route.leaves.iter().filter(|(_, found)| **found == Fate::Held);
    let causes: BTreeSet<&Leaf> = held.map(|(leaf, _)| route.because_of.get(leaf).unwrap_or(leaf)).collect();
    names(causes)
}

impl ErrorBody {
    pub fn new(class: FailureClass, status: Option<u16>) -> Self {
        Self { kind: class.into(), status }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
