use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::{FateWord, UserRouteBody, is_false, time};
use delivery::{
    Millis, Route,
    gate::RouteCondition,
    lane::Hold,
    status::{self, LeafStanding, LeafState},
    store::{LaneRow, UserSnapshot},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    State,
    lane::{AttemptBody, HoldBody},
    next_step::next_step,
};
use crate::callers::{Problem, Query, no_such_route, user_id, user_not_found};

/// How many attempts are shown.
const ATTEMPTS: u32 = 20;

/// Why a user stands at a route as it does: each leaf's version and fate, and what comes next.
#[utoipa::path(
    get, path = "/v1/users/{id}/routes/{name}", operation_id = "explain", tag = "lanes",
    responses((status = 200, body = ExplanationBody))
)]
pub(super) async fn explain(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    Query::read(&request, &[])?;
    let name = request.match_info().get("name").unwrap_or_default();
    let routes = state.engine.routes();
    let (id, route) = routes.by_name(name).ok_or_else(|| no_such_route(&routes))?;
    let store = state.engine.store();
    let snapshot = store.user(&user_id(&request)?).await?.ok_or_else(user_not_found)?;
    let lane = snapshot.lanes.iter().find(|row| row.route == id);
    let attempts = match lane.and_then(|row| row.id) {
        Some(id) => store.attempts(id, ATTEMPTS).await?,
        None => Vec::new(),
    };
    let condition = state.engine.conditions().get(&id).copied().unwrap_or_default();
    let mut body = ExplanationBody::new(&snapshot, route, lane, &condition, state.engine.now());
    body.attempts = attempts.into_iter().map(AttemptBody::from).collect();
    Ok(HttpResponse::Ok().json(body))
}

/// How a user stands at a route, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(super) struct ExplanationBody {
    user: String,
    route: String,
    vendor: &'static str,
    /// The lane, where the user has one at the route.
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<i64>,
    /// The user's version.
    version: u64,
    #[serde(flatten)]
    standing: UserRouteBody,
    /// What happens next, and who can change that.
    next: String,
    /// When the vendor last confirmed anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    confirmed_at: Option<String>,
    /// Every leaf of the user.
    fields: BTreeMap<String, LeafBody>,
    /// The latest attempts but successes at the first try, the newest first.
    attempts: Vec<AttemptBody>,
}

/// How one leaf stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplainedLeaf)]
struct LeafBody {
    /// The version of the user that last changed it.
    version: u64,
    /// Its field at the vendor, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Whether it was cleared.
    cleared: bool,
    /// Whether the vendor echoed another value than the one that was sent last.
    #[serde(skip_serializing_if = "is_false")]
    unverified: bool,
    state: LeafWord,
    /// When the vendor confirmed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    confirmed_at: Option<String>,
    /// Why it is not carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    fate: Option<FateWord>,
    /// The leaf that goes together with it and is the cause that it is not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    because_of: Option<String>,
    /// Its refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<HoldBody>,
}

/// How a leaf stands at a route, in one word.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LeafWord {
    /// The vendor has confirmed it.
    Confirmed,
    /// The vendor has confirmed it before the upgrade, as far as the row of the older version tells.
    Assumed,
    /// The vendor has confirmed it, and a lost request may still overwrite it: it is sent once more.
    InDoubt,
    /// It is to be sent.
    Owed,
    /// The vendor has refused it.
    Held,
    /// The route does not carry it, or not with this value.
    NotCarried,
}

impl ExplanationBody {
    fn new(
        snapshot: &UserSnapshot,
        route: &Route,
        row: Option<&LaneRow>,
        condition: &RouteCondition,
        now: Millis,
    ) -> Self {
        let lane = row.map(|row| &*row.lane);
        let leaves = status::of_leaves(route, &snapshot.user, lane);
        let fields = leaves.into_iter().map(|(leaf, standing)| {
            let to = route.mapping.field(&leaf).map(|field| field.to.to_string());
            (leaf.name().to_owned(), LeafBody::new(standing, to, |hold| HoldBody::new(hold, condition, now)))
        });
        let standing = status::of_user(route, &snapshot.user, lane, condition);
        let next = match lane {
            Some(lane) => next_step(&route.name, lane, Some(&standing), condition, now),
            None => format!("nothing: the user has no identity at {}", route.name),
        };
        Self {
            user: snapshot.id.to_string(),
            route: route.name.clone(),
            vendor: route.adapter.dialect().vendor,
            lane: row.and_then(|row| row.id).map(|id| id.0),
            version: snapshot.user.version,
            standing: UserRouteBody::new(route, &standing, lane),
            next,
            confirmed_at: lane.and_then(|lane| lane.slots.latest()).map(time),
            fields: fields.collect(),
            attempts: Vec::new(),
        }
    }
}

impl LeafBody {
    fn new(standing: LeafStanding, to: Option<String>, held: impl Fn(&Hold) -> HoldBody) -> Self {
        let LeafStanding { version, is_cleared, is_unverified, state, because_of } = standing;
        let plain = |state| Self {
            version,
            to,
            cleared: is_cleared,
            unverified: is_unverified,
            state,
            confirmed_at: None,
            fate: None,
            because_of: because_of.map(|leaf| leaf.name().to_owned()),
            held: None,
        };
        match state {
            LeafState::Confirmed(at) => Self { confirmed_at: at.map(time), ..plain(LeafWord::Confirmed) },
            LeafState::Assumed(at) => Self { confirmed_at: at.map(time), ..plain(LeafWord::Assumed) },
            LeafState::InDoubt(at) => Self { confirmed_at: at.map(time), ..plain(LeafWord::InDoubt) },
            LeafState::Owed => plain(LeafWord::Owed),
            LeafState::Held(hold) => Self { held: Some(held(&hold)), ..plain(LeafWord::Held) },
            LeafState::NotCarried(fate) => {
                Self { fate: Some(fate.into()), to: None, ..plain(LeafWord::NotCarried) }
            }
        }
    }
}
