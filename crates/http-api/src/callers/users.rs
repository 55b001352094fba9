use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use api_types::{ErasedBody, UpdateBody, UserBody};
use delivery::{engine::Submitted, store::Accepted};
use gateway_config::Scope;

use super::{
    Problem, Query, State, headers,
    preconditions::{self, etag},
    problem::{user_erased, user_not_found},
    state::user_id,
    submission,
};
use crate::traces::Accepting;

/// Takes a change of a user; a user that was never seen is created here, never at a vendor.
#[utoipa::path(
    patch, path = "/v1/users/{id}", operation_id = "updateUser", tag = "users",
    responses((status = 200, body = UpdateBody), (status = 202, body = UpdateBody))
)]
pub(super) async fn patch(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let caller = state.caller(&request, &[Scope::Update])?;
    Query::read(&request, &[])?;
    let user = user_id(&request)?;
    let wait = headers::preferred_wait(&request);
    let mut submission = submission::read(&request, payload, &state, &caller, user).await?;
    // Ends with the answer; the deliveries stand below it.
    let span = state.traces.as_ref().map(|traces| traces.accepting(submission.trace));
    submission.trace = span.as_ref().map_or(submission.trace, Accepting::context);
    let Submitted { accepted, status, is_settled } = state.engine.submit(submission, wait).await?;
    let Accepted { update, replayed, .. } = accepted;
    if !replayed {
        state.metrics.update_accepted(caller.name());
    }
    let code = if is_settled || !update.effective { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = HttpResponse::build(code);
    response.insert_header((header::LOCATION, format!("/v1/updates/{}", update.id)));
    response.insert_header((header::ETAG, etag(update.version)));
    if let Some(limit) = wait {
        response.insert_header(("preference-applied", format!("wait={}", limit.as_secs())));
    }
    if replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(UpdateBody::new(&update, &status, &state.engine.routes())))
}

/// A user as `PATCH` changes it, and how it stands at each route.
#[utoipa::path(
    get, path = "/v1/users/{id}", operation_id = "readUser", tag = "users",
    responses((status = 200, body = UserBody))
)]
pub(super) async fn read(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    Query::read(&request, &[])?;
    let snapshot = state.engine.store().user(&user_id(&request)?).await?.ok_or_else(user_not_found)?;
    if let Some(at) = snapshot.user.erased_at {
        return Err(user_erased(at));
    }
    let tag = (header::ETAG, etag(snapshot.user.version));
    if preconditions::is_unchanged(&request, snapshot.user.version)? {
        return Ok(HttpResponse::NotModified().insert_header(tag).finish());
    }
    let body = UserBody::new(&snapshot, &state.engine.routes(), &state.engine.conditions());
    Ok(HttpResponse::Ok().insert_header(tag).json(body))
}

/// Forgets a user here, and says which routes may hold a copy.
#[utoipa::path(
    delete, path = "/v1/users/{id}", operation_id = "eraseUser", tag = "users",
    responses((status = 200, body = ErasedBody))
)]
pub(super) async fn erase(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let caller = state.caller(&request, &[Scope::Erase])?;
    Query::read(&request, &[])?;
    let user = user_id(&request)?;
    let erased =
        state.engine.erase(user.clone(), preconditions::of_change(&request)?, caller.actor()).await?;
    let erased = erased.ok_or_else(user_not_found)?;
    Ok(HttpResponse::Ok().json(ErasedBody::new(&user, &erased, &state.engine.routes())))
}
