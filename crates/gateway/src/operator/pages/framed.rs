use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{Refusal, access::Visitor};
use crate::operator::State;

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
