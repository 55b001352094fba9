use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::problem::Kind;
use api_types::{RouteWord, RoutesBody};
use canonical::UserId;
use delivery::{
    LaneId, RouteId,
    gate::Probe,
    lane::Rearm,
    store::{Actor, RearmTarget},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    State,
    lanes::{ChangedBody, waits},
};
use crate::callers::{Problem, Query, no_such_route, routes_of, user_not_found};

/// The routes with their state and with how many users stand how.
#[utoipa::path(
    get, path = "/v1/routes", operation_id = "listRoutes", tag = "routes", responses((status = 200, body = RoutesBody))
)]
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    Query::read(&request, &[])?;
    let mut counts = BTreeMap::new();
    for (id, _) in state.engine.routes().iter() {
        counts.insert(id, state.engine.store().counts(id).await?);
    }
    let mut body = routes_of(&state.engine, &counts);
    for (name, route) in &mut body.routes {
        route.last_failure = state.pages.last_failure(name);
    }
    Ok(HttpResponse::Ok().json(body))
}

/// Tries everything that is held or blocked at a route again.
#[utoipa::path(
    post, path = "/v1/routes/{name}/retry", operation_id = "retryRoute", tag = "routes",
    responses((status = 200, body = ChangedBody))
)]
pub(super) async fn retry(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    let lanes = state.engine.rearm(Rearm::Retry, RearmTarget::Attention(route), by).await?;
    let hint = waits(&state, route).filter(|_| lanes > 0);
    Ok(HttpResponse::Ok().json(ChangedBody { lanes, hint, next: None }))
}

/// Stops sending at a route.
#[utoipa::path(
    post, path = "/v1/routes/{name}/pause", operation_id = "pauseRoute", tag = "routes",
    responses((status = 200, body = StateBody))
)]
pub(super) async fn pause(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    state.engine.pause(route, by).await?;
    Ok(HttpResponse::Ok().json(StateBody::of(&state, route)))
}

/// Sends again at a route, whatever it was paused for.
#[utoipa::path(
    post, path = "/v1/routes/{name}/resume", operation_id = "resumeRoute", tag = "routes",
    responses((status = 200, body = StateBody))
)]
pub(super) async fn resume(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    state.engine.resume(route, by).await?;
    Ok(HttpResponse::Ok().json(StateBody::of(&state, route)))
}

/// Has one request tried at once where the route is paused by itself, its breaker is open or its vendor has asked for a pause.
#[utoipa::path(
    post, path = "/v1/routes/{name}/probe", operation_id = "probeRoute", tag = "routes",
    responses((status = 200, body = ProbeBody))
)]
pub(super) async fn probe(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    let probe = state.engine.probe(route, by).await?;
    if probe == Probe::Stopped {
        let detail = "somebody has to resume this route; it is not tried before";
        return Err(Problem::new(Kind::ActRefused, detail));
    }
    Ok(HttpResponse::Ok().json(ProbeBody { probing: probe == Probe::Begun }))
}

/// Sends everything that a route carries again, behind the updates of callers.
#[utoipa::path(
    post, path = "/v1/routes/{name}/resync", operation_id = "resyncRoute", tag = "routes",
    responses((status = 200, body = ChangedBody))
)]
pub(super) async fn resync(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    let lanes = state.engine.resync(route, by).await?;
    let hint = waits(&state, route).filter(|_| lanes > 0);
    Ok(HttpResponse::Ok().json(ChangedBody { lanes, hint, next: None }))
}

/// Forgets what the vendor of a route keeps of one user, or of all, although it is not theirs any more: an operator says that it was
/// put right there. Nothing is sent. Users of whom a lost request may still arrive are left as they are.
#[utoipa::path(
    post, path = "/v1/routes/{name}/forget-kept", operation_id = "forgetKept", tag = "routes",
    responses((status = 200, body = ChangedBody))
)]
pub(super) async fn forget_kept(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    let query = Query::read(&request, &["user"])?;
    let route = named(&request, &state)?;
    let lane = match query.text("user") {
        None => None,
        Some(user) => Some(lane_of(&state, user, route).await?),
    };
    let lanes = state.engine.forget_kept(route, lane, operator.actor()).await?;
    Ok(HttpResponse::Ok().json(ChangedBody { lanes, hint: None, next: None }))
}

/// The lane of a user at a route.
async fn lane_of(state: &State, user: &str, route: RouteId) -> Result<LaneId, Problem> {
    let user: UserId = user
        .parse()
        .map_err(|invalid: canonical::Invalid| Problem::invalid(format!("user: {}", invalid.0)))?;
    let snapshot = state.engine.store().user(&user).await?.ok_or_else(user_not_found)?;
    let row = snapshot.lanes.iter().find(|row| row.route == route);
    row.and_then(|row| row.id).ok_or_else(|| {
        Problem::new(Kind::ActRefused, "the user was never sent to this route: there is nothing to forget")
    })
}

/// How a route stands after an act.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteState)]
pub(super) struct StateBody {
    state: RouteWord,
}

impl StateBody {
    fn of(state: &State, route: RouteId) -> Self {
        let condition = state.engine.conditions().get(&route).copied().unwrap_or_default();
        Self { state: RouteWord::of(&condition) }
    }
}

/// What became of a probe that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probe)]
pub(super) struct ProbeBody {
    /// Whether there was anything to find out; the next user who waits for the route is tried then.
    probing: bool,
}

/// The route that the path names, and who asks.
fn act(request: &HttpRequest, state: &State) -> Result<(RouteId, Actor), Problem> {
    let operator = state.operator(request)?;
    Query::read(request, &[])?;
    Ok((named(request, state)?, operator.actor()))
}

fn named(request: &HttpRequest, state: &State) -> Result<RouteId, Problem> {
    let name = request.match_info().get("name").unwrap_or_default();
    let routes = state.engine.routes();
    routes.by_name(name).map(|(id, _)| id).ok_or_else(|| no_such_route(&routes))
}
