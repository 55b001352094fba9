use std::time::Duration;

use actix_web::{HttpResponse, ResponseError, web::Data};
use api_types::problem::Kind;

use super::State;
use crate::callers::Problem;

/// How long the store may take to prove that it can write.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether the process answers at all.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("live\n")
}

/// Whether updates can be accepted. A route that is paused makes nothing unready: one vendor's outage must not take the
/// gateway out of service.
pub(super) async fn ready(state: Data<State>) -> HttpResponse {
    if state.stopping.is_cancelled() {
        return Problem::new(Kind::ShuttingDown, "the process stops").error_response();
    }
    match tokio::time::timeout(CHECK_TIMEOUT, state.engine.store().check()).await {
        Ok(Ok(())) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"),
        Ok(Err(error)) => Problem::from(error).error_response(),
        Err(_) => Problem::new(Kind::Overloaded, "the store did not prove within a second that it can write")
            .error_response(),
    }
}
