use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::problem::Kind;
use delivery::{
    LaneId, Route, RouteId,
    gate::RouteCondition,
    lane::Rearm,
    status::{self, Standing},
    store::{LaneFilter, LaneView, RearmTarget, StoreError},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    State, filter,
    lane::{LaneBody, LanesBody, StoryBody},
    next_step::next_step,
    retried::{in_vain, when},
};
use crate::callers::{MOST_ITEMS, Needy, Page, Problem, Query, USUAL_ITEMS, unknown};

/// How many attempts of a lane are shown.
pub(super) const ATTEMPTS: u32 = 50;

/// Lanes by route, user, state, reason and age, in the order of their ids, which is that in which they were made.
#[utoipa::path(
    get, path = "/v1/lanes", operation_id = "listLanes", tag = "lanes", responses((status = 200, body = LanesBody))
)]
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let Page { items, next } = page(&request, &state).await?;
    let (routes, conditions, now) = (state.engine.routes(), state.engine.conditions(), state.engine.now());
    let needy = Needy::of(&**state.engine.store(), &items).await?;
    let lanes = items.iter().map(|lane| {
        let condition = conditions.get(&lane.row.route).copied().unwrap_or_default();
        LaneBody::new(lane, &needy, &routes, &condition, now)
    });
    Ok(HttpResponse::Ok().json(LanesBody { lanes: lanes.collect(), next }))
}

/// One lane: what its vendor has confirmed and keeps, what it went through, and what comes next.
#[utoipa::path(
    get, path = "/v1/lanes/{id}", operation_id = "readLane", tag = "lanes", responses((status = 200, body = StoryBody))
)]
pub(super) async fn read(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    Query::read(&request, &[])?;
    let (id, view) = find(&request, &state).await?;
    let attempts = state.engine.store().attempts(id, ATTEMPTS).await?;
    let (routes, lane) = (state.engine.routes(), &view.row.lane);
    let condition = state.engine.conditions().get(&view.row.route).copied().unwrap_or_default();
    let route = routes.get(view.row.route);
    let standing = match route {
        Some(route) => standing(&state, &view, route, &condition).await?,
        None => None,
    };
    let now = state.engine.now();
    let next = match route {
        Some(route) => next_step(&route.name, lane, standing.as_ref(), &condition, now),
        None => "nothing: the route is not configured any more".to_owned(),
    };
    let standing = route.zip(standing.as_ref()).map(|(route, standing)| (&**route, standing));
    let needy = Needy::of(&**state.engine.store(), std::slice::from_ref(&view)).await?;
    let lane = LaneBody::new(&view, &needy, &routes, &condition, now);
    Ok(HttpResponse::Ok().json(StoryBody::new(lane, standing, next, attempts)))
}

/// Tries what is held or blocked in a lane again.
#[utoipa::path(
    post, path = "/v1/lanes/{id}/retry", operation_id = "retryLane", tag = "lanes",
    responses((status = 200, body = ChangedBody))
)]
pub(super) async fn retry(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    Query::read(&request, &[])?;
    let (id, view) = find(&request, &state).await?;
    if let Some(reason) = in_vain(&view.row.lane) {
        return Err(Problem::new(Kind::ActRefused, reason));
    }
    let lanes = state.engine.rearm(Rearm::Retry, RearmTarget::Lanes(vec![id]), operator.actor()).await?;
    let hint = waits(&state, view.row.route).filter(|_| lanes > 0);
    Ok(HttpResponse::Ok().json(ChangedBody { lanes, hint, next: None }))
}

/// Tries one page of lanes again, the oldest first: of those that `GET /v1/lanes` would list, what is held, blocked or failing. Whoever has many tried again asks for
/// page after page, as fast as the vendor can bear it.
#[utoipa::path(
    post, path = "/v1/lanes/retry", operation_id = "retryLanes", tag = "lanes",
    responses((status = 200, body = ChangedBody))
)]
pub(super) async fn retry_page(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    let Page { items, next } = page(&request, &state).await?;
    let to_try = items.iter().filter(|lane| lane.row.lane.may_be_tried_again());
    let (mut ids, mut concerned): (Vec<LaneId>, BTreeSet<RouteId>) = Default::default();
    for lane in to_try {
        ids.extend(lane.row.id);
        concerned.insert(lane.row.route);
    }
    let lanes = match ids.as_slice() {
        [] => 0,
        _ => state.engine.rearm(Rearm::Retry, RearmTarget::Lanes(ids), operator.actor()).await?,
    };
    let routes = state.engine.routes();
    let waiting =
        concerned.into_iter().filter_map(|id| Some((routes.get(id)?.name.as_str(), waits(&state, id)?)));
    let waiting: Vec<(&str, String)> = waiting.filter(|_| lanes > 0).collect();
    let hint = match waiting.as_slice() {
        [] => None,
        [(_, waits)] => Some(waits.clone()),
        several => Some(
            several.iter().map(|(route, waits)| format!("at {route} {waits}")).collect::<Vec<_>>().join("; "),
        ),
    };
    Ok(HttpResponse::Ok().json(ChangedBody { lanes, hint, next }))
}

/// When the lanes of a route go out that were made ready; none when that is at once.
pub(super) fn waits(state: &State, id: RouteId) -> Option<String> {
    let condition = state.engine.conditions().get(&id).copied().unwrap_or_default();
    let routes = state.engine.routes();
    let when = when(&routes.get(id)?.name, &condition, state.engine.now());
    (!when.is_empty()).then(|| format!("sent{when}"))
}

/// Lanes that were changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedLanes)]
pub(super) struct ChangedBody {
    /// How many.
    pub(super) lanes: u64,
    /// When they go out, where the route does not send now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    /// What `after` takes for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// The lanes that a query asks for.
async fn page(request: &HttpRequest, state: &State) -> Result<Page<LaneView>, Problem> {
    let query = Query::read(request, &filter::PARAMETERS)?;
    let routes = state.engine.routes();
    if let Some(wanted) = unknown::asked_for(&query, &routes, USUAL_ITEMS, MOST_ITEMS)? {
        return Ok(Page::without_identity(&**state.engine.store(), wanted).await?);
    }
    let filter = filter::lanes(&query, &routes, state.engine.now())?;
    Ok(Page::of_lanes(&**state.engine.store(), filter).await?)
}

/// How the user of a lane stands at its route; none when the user is gone meanwhile.
pub(super) async fn standing(
    state: &State,
    view: &LaneView,
    route: &Route,
    condition: &RouteCondition,
) -> Result<Option<Standing>, StoreError> {
    let snapshot = state.engine.store().user(&view.user).await?;
    Ok(snapshot.map(|found| status::of_user(route, &found.user, Some(&view.row.lane), condition)))
}

/// The lane that the path names.
pub(super) async fn find(request: &HttpRequest, state: &State) -> Result<(LaneId, LaneView), Problem> {
    let no_lane = || Problem::new(Kind::NotFound, "there is no lane of this id; GET /v1/lanes lists them");
    let id: i64 = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or_else(no_lane)?;
    let before = LaneFilter { after: Some(LaneId(id.saturating_sub(1))), limit: 1, ..LaneFilter::default() };
    let found = state.engine.store().lanes(before).await?.into_iter().next();
    let lane = found.filter(|lane| lane.row.id == Some(LaneId(id))).ok_or_else(no_lane)?;
    Ok((LaneId(id), lane))
}
