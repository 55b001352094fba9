use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::State;
use crate::{callers::Problem, metrics::scrape};

/// The gateway in numbers, for whoever watches it; no key is asked for, and nothing is about one person.
pub(super) async fn metrics(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.pages.refuse_foreign(&request)?;
    let text = scrape(&state.metrics, &state.engine, state.files.as_ref()).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, kind)).body(text))
}
