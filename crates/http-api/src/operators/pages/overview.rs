use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{
    Refusal,
    access::Visitor,
    answer,
    frame::Frame,
    live::{self, Part, RouteNow},
};
use crate::{callers::Query, operators::State};

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    routes: Vec<RouteNow>,
    /// The names of all routes.
    names: String,
}

/// How every route stands.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    Query::read(&request, &[])?;
    let (names, routes) = (live::names(&state), live::look(&state).await?);
    let page = OverviewPage { frame: visitor.frame(&state, "routes"), routes, names };
    Ok(answer::page(StatusCode::OK, &page))
}
