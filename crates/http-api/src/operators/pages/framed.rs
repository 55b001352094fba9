use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{Refusal, access::Visitor};
use crate::{callers::Problem, operators::State};

/// A page that does not exist: for whoever is signed in with the navigation, for others as the calls answer.
pub(in crate::operators) async fn missing(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let is_call = request.path().starts_with("/v1/");
    match Visitor::of(&request, &state) {
        Ok(visitor) if !is_call => Ok(Refusal::page(&Problem::not_found(), visitor.frame(&state, ""))),
        _ => Err(Problem::not_found()),
    }
}

/// Puts what stands around every page around a problem, too, for whoever is signed in: a page that is not there must not be a dead end.
pub(super) async fn framed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kept = request.request().clone();
    let response = next.call(request).await?.map_into_boxed_body();
    let refusal = response.response().error().and_then(|error| error.as_error::<Refusal>());
    let Some(Refusal::Problem(problem)) = refusal else { return Ok(response) };
    let Some(state) = kept.app_data::<Data<State>>() else { return Ok(response) };
    let Ok(visitor) = Visitor::of(&kept, state) else { return Ok(response) };
    let page = Refusal::page(problem, visitor.frame(state, ""));
    Ok(ServiceResponse::new(kept, page))
}
