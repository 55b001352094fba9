use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use api_types::PlanBody;
use gateway_config::Scope;

use super::{Problem, Query, State, state::user_id, submission};

/// What an update would send, without storing or sending anything. Takes both scopes: the requests show what is stored.
#[utoipa::path(
    post, path = "/v1/users/{id}/plan", operation_id = "planUpdate", tag = "users",
    responses((status = 200, body = PlanBody))
)]
pub(super) async fn plan(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let caller = state.caller(&request, &[Scope::Read, Scope::Update])?;
    Query::read(&request, &[])?;
    let user = user_id(&request)?;
    let submission = submission::read(&request, payload, &state, &caller, user.clone()).await?;
    let plans = state.engine.plan(submission).await?;
    let body = PlanBody::new(&user, plans, &state.engine.routes(), &state.engine.conditions());
    Ok(HttpResponse::Ok().json(body))
}
