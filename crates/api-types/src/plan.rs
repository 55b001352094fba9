use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use adapter::Fate;
use canonical::{Leaf, UserId};
use delivery::{
    Preview, Route, RouteId, RouteSet, gate::RouteCondition, lane::State, plan::RoutePlan, store::Verdict,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Help, Keeps, LaneWord, Leaves, ReasonWord, VerdictWord, WaitingWord, because_of, carried_nowhere, hint,
    is_false, leaves, names, together, without_identity,
};

/// What an update would send.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanBody {
    /// The user's id.
    pub user: String,
    /// Leaves of the update that no route carries: they are kept here and go to no vendor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carried_nowhere: Vec<String>,
    /// What the caller can do about these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What each route would do, by its name.
    pub routes: BTreeMap<String, RoutePlanBody>,
}

/// What an update would send at one route.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoutePlan)]
pub struct RoutePlanBody {
    /// What the update means to the route.
    pub verdict: VerdictWord,
    /// What becomes of each leaf of the update.
    #[serde(skip_serializing_if = "Leaves::is_empty")]
    pub leaves: Leaves,
    /// Of the leaves that would not be sent because another one that goes together with them is not: which one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub because_of: BTreeMap<String, String>,
    /// The requests as they would go on the wire, the credential masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestBody>,
    /// Leaves in these requests that were owed before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub older: Vec<String>,
    /// Leaves in these requests that go along because the vendor needs them with every request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<String>,
    /// What the vendor would keep, or might keep, of the user afterwards although it would not be the person's any more: a value that
    /// is cleared where the vendor has no way to clear it, or replaced by one that cannot be sent.
    #[serde(skip_serializing_if = "Keeps::is_empty")]
    pub will_be_kept: Keeps,
    /// What can be done about what would be kept, or where the route has no identity for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What keeps the route as a whole from sending now; the requests would follow later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingWord>,
    /// What stops the user's lane, where nothing would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StopBody>,
}

/// A request as it would go on the wire.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedRequest)]
pub struct RequestBody {
    /// The method.
    pub method: &'static str,
    /// The whole URL, percent-encoded.
    pub url: String,
    /// The headers in order.
    pub headers: Vec<HeaderBody>,
    /// The body as JSON.
    pub body: Value,
    /// The exact text of the body.
    pub body_text: String,
}

/// One header of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedHeader)]
pub struct HeaderBody {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What stops a lane.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stop)]
pub struct StopBody {
    /// Where the lane would stand.
    pub state: LaneWord,
    /// Why it would be blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonWord>,
    /// The leaves that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<String>,
    /// What the caller can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether only an operator can help.
    #[serde(skip_serializing_if = "is_false")]
    pub operator: bool,
}

impl PlanBody {
    pub fn new(
        user: &UserId,
        plans: BTreeMap<String, RoutePlan>,
        routes: &RouteSet,
        conditions: &BTreeMap<RouteId, RouteCondition>,
    ) -> Self {
        // Every route says the same of which leaves there are.
        let leaves: BTreeSet<&Leaf> = plans.values().flat_map(|plan| plan.leaves.keys()).collect();
        let (nowhere, remedy) = carried_nowhere(leaves.iter().copied(), routes);
        let plans = plans.into_iter().map(|(name, plan)| {
            let route = routes.by_name(&name);
            let condition = route.and_then(|(id, _)| conditions.get(&id));
            let waiting_for = condition.and_then(waiting_for).filter(|_| !plan.requests.is_empty());
            let hint = route.and_then(|(_, route): (_, &Arc<Route>)| match plan.verdict {
                Verdict::NoIdentity => Some(without_identity(route)),
                _ => hint(route, &plan.kept).or_else(|| together(&plan.leaves, &plan.because_of)),
            });
            let body = RoutePlanBody { hint, ..RoutePlanBody::new(&name, plan, waiting_for) };
            (name, body)
        });
        Self { user: user.to_string(), carried_nowhere: nowhere, hint: remedy, routes: plans.collect() }
    }
}

fn waiting_for(condition: &RouteCondition) -> Option<WaitingWord> {
    match condition {
        RouteCondition { pause: Some(_), .. } => Some(WaitingWord::RoutePaused),
        RouteCondition { breaker_until: Some(_), .. } => Some(WaitingWord::Breaker),
        RouteCondition { throttled_until: Some(_), .. } => Some(WaitingWord::Rate),
        _ => None,
    }
}

impl RoutePlanBody {
    fn new(route: &str, plan: RoutePlan, waiting_for: Option<WaitingWord>) -> Self {
        // Where nothing is owed, a lane at rest is no news.
        let at_rest = |state: &State| *state == State::Idle && plan.verdict != Verdict::Owed;
        let stopped = plan.stopped.filter(|state| !at_rest(state));
        let serves = matches!(plan.verdict, Verdict::Owed | Verdict::NothingToSend);
        Self {
            verdict: plan.verdict.into(),
            leaves: if serves { leaves(&plan.leaves) } else { Leaves::default() },
            because_of: because_of(&plan.because_of),
            older: names(&plan.older),
            along: names(&plan.along),
            will_be_kept: Keeps::new(&plan.kept),
            hint: None,
            waiting_for,
            stopped: stopped.map(|state| StopBody::new(route, state, names(&plan.stopped_by), &plan.needed)),
            requests: plan.requests.into_iter().map(RequestBody::from).collect(),
        }
    }
}

impl StopBody {
    fn new(route: &str, state: State, leaves: Vec<String>, fates: &BTreeMap<Leaf, Fate>) -> Self {
        let reason = match state {
            State::Blocked(reason) => Some(ReasonWord::from(reason)),
            _ => None,
        };
        let fate = |leaf: &str| fates.iter().find(|(found, _)| found.name() == leaf).map(|(_, fate)| *fate);
        let help = reason.map(|reason| Help::knowing(reason, route, &leaves, fate));
        Self {
            state: state.into(),
            reason,
            leaves,
            operator: help.as_ref().is_some_and(|help| help.operator),
            hint: help.and_then(|help| help.hint),
        }
    }
}

impl From<Preview> for RequestBody {
    fn from(preview: Preview) -> Self {
        let headers = preview.headers.into_iter().map(|(name, value)| HeaderBody { name, value });
        Self {
            method: preview.method,
            url: preview.url,
            headers: headers.collect(),
            body: serde_json::from_slice(&preview.body).unwrap_or(Value::Null),
            body_text: String::from_utf8_lossy(&preview.body).into_owned(),
        }
    }
}
