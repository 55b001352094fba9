//! The description of this API (OpenAPI 3.1): operations and schemas come from the handlers and DTOs, headers, problems and
//! examples from the table of [`calls`], the leaves of a user from the canonical schema.

mod call;
mod calls;
mod describe;
mod examples;
mod parameters;
mod user_schema;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, http::header};
use api_types::problem::ProblemBody;
use serde_json::Value;
use utoipa::OpenApi;

pub(crate) use call::{Call, USUAL};
pub(crate) use describe::complete;

use super::{Problem, Query, plan, reading, routes, updates, users};

#[derive(OpenApi)]
#[openapi(
    info(title = "Profile gateway", description = "One change to a person goes in; every vendor ends up in step."),
    paths(
        users::patch, users::read, users::erase, plan::plan, updates::of_user, updates::read, updates::attention,
        reading::user, routes::routes, reading::fields, routes::vendors
    ),
    components(schemas(ProblemBody<'_>, api_types::UserRouteBody, api_types::UpdateRouteBody, api_types::RoutePlanBody))
)]
struct Document;

static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

/// The description as JSON text.
pub fn openapi() -> &'static str {
    &TEXT
}

/// Answers the description of the callers' API; it takes no key.
pub(crate) async fn serve(request: HttpRequest) -> Result<HttpResponse, Problem> {
    answer(&request, openapi())
}

/// Answers a description.
pub(crate) fn answer(request: &HttpRequest, description: &'static str) -> Result<HttpResponse, Problem> {
    Query::read(request, &[])?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(description))
}

fn document() -> Value {
    let mut document = complete(Document::openapi(), calls::ALL);
    user_schema::add(&mut document["components"]["schemas"]);
    document
}

#[cfg(test)]
mod tests;
