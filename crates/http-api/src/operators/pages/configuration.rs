use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use gateway_config::RouteConfig;

use super::{Refusal, access::Visitor, answer, frame::Frame};
use crate::{callers::Query, operators::State};

#[derive(Template)]
#[template(path = "configuration.html")]
struct ConfigurationPage {
    frame: Frame,
    routes: Vec<RouteConfig>,
}

/// The routes as they are configured, secrets masked.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    Query::read(&request, &[])?;
    let routes = state.reloader.configured().await;
    let page = ConfigurationPage { frame: visitor.frame(&state, "configuration"), routes };
    Ok(answer::page(StatusCode::OK, &page))
}
