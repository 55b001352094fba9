use actix_web::{HttpRequest, HttpResponse, web::Data};
use delivery::{
    lane::Rearm,
    store::{LaneFilter, LaneId, LaneView, RearmTarget},
};
use serde_json::json;

use super::{
    State,
    lane::{AttemptBody, LaneBody, LanesBody, StoryBody},
};
use crate::api::{Problem, Query, filter_of, last_of_full};

/// How many attempts of a lane are shown.
const ATTEMPTS: u32 = 50;

/// Lanes by route and state.
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let query = Query::read(&request, &["route", "state", "after", "limit"])?;
    let routes = state.engine.routes();
    let filter = filter_of(&query, |name| routes.by_name(name).map(|(id, _)| id))?;
    let limit = filter.limit;
    let lanes = state.engine.store().lanes(filter).await?;
    let next = last_of_full(&lanes, limit).and_then(|lane| lane.row.id).map(|id| id.0.to_string());
    let lanes = lanes.iter().map(|lane| LaneBody::new(lane, &routes)).collect();
    Ok(HttpResponse::Ok().json(LanesBody { lanes, next }))
}

/// One lane and what it went through.
pub(super) async fn read(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    Query::read(&request, &[])?;
    let (id, lane) = find(&request, &state).await?;
    let attempts = state.engine.store().attempts(id, ATTEMPTS).await?;
    let attempts = attempts.into_iter().map(AttemptBody::from).collect();
    let lane = LaneBody::new(&lane, &state.engine.routes());
    Ok(HttpResponse::Ok().json(StoryBody { lane, attempts }))
}

/// Tries what is held or blocked in a lane again.
pub(super) async fn retry(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    Query::read(&request, &[])?;
    let (id, _) = find(&request, &state).await?;
    let changed = state.engine.rearm(Rearm::Retry, RearmTarget::Lanes(vec![id]), operator.actor()).await?;
    Ok(HttpResponse::Ok().json(json!({ "lanes": changed })))
}

async fn find(request: &HttpRequest, state: &State) -> Result<(LaneId, LaneView), Problem> {
    let id: i64 =
        request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)?;
    let before = LaneFilter { after: Some(LaneId(id.saturating_sub(1))), limit: 1, ..LaneFilter::default() };
    let found = state.engine.store().lanes(before).await?.into_iter().next();
    let lane = found.filter(|lane| lane.row.id == Some(LaneId(id))).ok_or_else(Problem::not_found)?;
    Ok((LaneId(id), lane))
}
