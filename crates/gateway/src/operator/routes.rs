use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use delivery::{
    lane::Rearm,
    store::{Actor, RearmTarget, RouteId},
};
use serde_json::json;

use super::State;
use crate::api::{Problem, Query, routes_of};

/// The routes with their state and with how many users stand how.
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    Query::read(&request, &[])?;
    let mut counts = BTreeMap::new();
    for (id, _) in state.engine.routes().iter() {
        counts.insert(id, state.engine.store().counts(id).await?);
    }
    Ok(HttpResponse::Ok().json(routes_of(&state.engine, &counts)))
}

/// Tries everything that is held or blocked at a route again.
pub(super) async fn retry(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    let lanes = state.engine.rearm(Rearm::Retry, RearmTarget::Attention(route), by).await?;
    Ok(HttpResponse::Ok().json(json!({ "lanes": lanes })))
}

/// Stops sending at a route.
pub(super) async fn pause(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    state.engine.pause(route, by).await?;
    Ok(HttpResponse::Ok().json(json!({ "state": "paused" })))
}

/// Sends again at a route, whatever it was paused for.
pub(super) async fn resume(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    state.engine.resume(route, by).await?;
    Ok(HttpResponse::Ok().json(json!({ "state": "open" })))
}

/// Sends everything that a route carries again, behind the updates of callers.
pub(super) async fn resync(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let (route, by) = act(&request, &state)?;
    let lanes = state.engine.resync(route, by).await?;
    Ok(HttpResponse::Ok().json(json!({ "lanes": lanes })))
}

/// The route that the path names, and who asks.
fn act(request: &HttpRequest, state: &State) -> Result<(RouteId, Actor), Problem> {
    let operator = state.operator(request)?;
    Query::read(request, &[])?;
    let name = request.match_info().get("name").unwrap_or_default();
    let route = state.engine.routes().by_name(name).map(|(id, _)| id).ok_or_else(Problem::not_found)?;
    Ok((route, operator.actor()))
}
