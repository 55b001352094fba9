use std::collections::BTreeMap;

use adapter::Deprecation;
use delivery::{
    Enrol, Millis, Route,
    gate::RouteCondition,
    status::{Opening, opening},
    store::RouteCounts,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DeprecationBody, FailureWord, PauseWord, RuleWord, ThrottleWord, is_false, time};

/// The configured routes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Routes)]
pub struct RoutesBody {
    /// All living users: at each route those whom it knows and those without an identity there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// By name.
    pub routes: BTreeMap<String, RouteBody>,
}

/// One configured route.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Route)]
pub struct RouteBody {
    /// The vendor.
    vendor: &'static str,
    /// Whether requests go out, or what keeps them from it.
    state: RouteWord,
    /// Why it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<PauseWord>,
    /// What the pause of a throttled route is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    throttled_by: Option<ThrottleWord>,
    /// The vendor's warning that it will withdraw the version of its API that the route uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation: Option<DeprecationBody>,
    /// When it is tried again by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    /// How the vendor names a user: what `identities` takes for this route.
    subject: &'static str,
    /// Whether every user with an e-mail address is enrolled.
    #[serde(skip_serializing_if = "is_false")]
    enrols_by_email: bool,
    /// Whether the route serves only users that match a condition.
    #[serde(skip_serializing_if = "is_false")]
    conditional: bool,
    /// Whether credential and data travel unencrypted.
    #[serde(skip_serializing_if = "is_false")]
    plain_http: bool,
    /// The leaves that the route carries.
    leaves: BTreeMap<String, FieldBody>,
    /// Requests under way.
    in_flight: u32,
    /// The most requests at one time now.
    limit: u32,
    /// How many users stand how.
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<LaneCountsBody>,
    /// The last attempt that failed since the process began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailureBody>,
}

/// An attempt that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LastFailure)]
pub struct LastFailureBody {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// What kind of failure.
    pub failure: FailureWord,
    /// The status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The lane.
    pub lane: i64,
}

/// Whether a route sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteWord {
    /// It sends.
    Open,
    /// It was paused.
    Paused,
    /// It failed too often; one request at a time is tried.
    Breaker,
    /// The vendor asked for a pause, or something before it answered in its place.
    Throttled,
}

/// Where one leaf goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteField)]
pub struct FieldBody {
    /// The field's name at the vendor.
    to: String,
    /// How the field is set and cleared.
    rule: RuleWord,
}

/// How many users of a route stand how.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteCounts)]
pub struct LaneCountsBody {
    /// All whom the route knows.
    all: u64,
    /// Something is on its way.
    pending: u64,
    /// The vendor refused a leaf.
    held: u64,
    /// Nothing is sent before something changes.
    blocked: u64,
    /// The vendor keeps, or may keep, a value of ours that is not the person's any more.
    keeping: u64,
    /// Everything is confirmed, and sent once more because a lost request may still overwrite it.
    in_doubt: u64,
    /// Users of the gateway for whom the route has no identity: it was never told of them, or the identity was removed. Not among `all`.
    no_identity: u64,
    /// Of those that are pending: whose last attempt failed for a cause of their own.
    failing: u64,
    /// Since when the oldest pending one is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    oldest_since: Option<String>,
}

impl RouteWord {
    /// The word for a condition.
    pub fn of(condition: &RouteCondition) -> Self {
        match condition {
            RouteCondition { pause: Some(_), .. } => Self::Paused,
            RouteCondition { breaker_until: Some(_), .. } => Self::Breaker,
            RouteCondition { throttled_until: Some(_), .. } => Self::Throttled,
            _ => Self::Open,
        }
    }
}

/// When a route is tried again by itself, where that is known and lies ahead.
pub fn next_try_at(condition: &RouteCondition, now: Millis) -> Option<Millis> {
    match opening(condition, now) {
        Opening::At(at) => Some(at),
        Opening::Now | Opening::Unknown => None,
    }
}

/// What the pause of a route is for, if it is throttled.
pub fn throttled_by(condition: &RouteCondition) -> Option<ThrottleWord> {
    (RouteWord::of(condition) == RouteWord::Throttled).then_some(condition.throttled_by.into())
}

impl RouteBody {
    pub fn new(
        route: &Route,
        condition: &RouteCondition,
        deprecation: Option<&Deprecation>,
        counts: Option<&RouteCounts>,
        now: Millis,
    ) -> Self {
        let field = |to: &str, rule| FieldBody { to: to.to_owned(), rule };
        let leaves = route.mapping.fields();
        let leaves =
            leaves.map(|(leaf, found)| (leaf.name().to_owned(), field(&found.to, found.rule.into())));
        Self {
            vendor: route.adapter.dialect().vendor,
            state: RouteWord::of(condition),
            reason: condition.pause.map(|pause| pause.reason.into()),
            throttled_by: throttled_by(condition),
            deprecation: deprecation.map(Into::into),
            next_try_at: next_try_at(condition, now).map(time),
            subject: route.subject_kind.name,
            enrols_by_email: route.enrol == Enrol::Email,
            conditional: route.when.is_some(),
            plain_http: route.origin.starts_with("http://"),
            leaves: leaves.collect(),
            in_flight: condition.in_flight,
            limit: condition.limit,
            users: counts.map(LaneCountsBody::from),
            last_failure: None,
        }
    }
}

impl From<&RouteCounts> for LaneCountsBody {
    fn from(counts: &RouteCounts) -> Self {
        Self {
            all: counts.lanes,
            pending: counts.pending,
            held: counts.held,
            blocked: counts.blocked,
            keeping: counts.keeping,
            in_doubt: counts.in_doubt,
            no_identity: counts.without_identity,
            failing: counts.failing,
            oldest_since: counts.oldest_since.map(time),
        }
    }
}
