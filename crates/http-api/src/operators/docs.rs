use actix_web::{
    Error, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{CONTENT_SECURITY_POLICY, LOCATION},
    middleware::{DefaultHeaders, Next, from_fn},
    web::{self, Data},
};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use super::State;
use crate::callers::{self, resource};

/// Swagger UI styles its elements itself and draws with data URLs; scripts come from here alone, and nothing goes anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the descriptions of both APIs as a page, `/docs/`. It takes no key, as the descriptions take none, and works without the
/// Internet.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let descriptions =
        [Url::with_primary("operators", "/v1/openapi.json", true), Url::new("callers", "/docs/callers.json")];
    // It would have a server of others validate the description. And it sends calls to the server that the page comes from, at
    // which the callers' ones do not exist: no button sends any.
    let page = Config::new(descriptions).validator_url("none").supported_submit_methods([""; 0]);
    let page = SwaggerUi::new("/{file:.*}").config(page);
    config.service(
        web::scope("/docs")
            .wrap(from_fn(own_host))
            .wrap(DefaultHeaders::new().add((CONTENT_SECURITY_POLICY, POLICY)))
            .service(resource("", "GET").route(web::get().to(to_the_page)))
            .service(resource("/callers.json", "GET").route(web::get().to(callers::describe)))
            .service(page),
    );
}

/// Keeps the descriptions from pages of other sites.
async fn own_host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let pages = request.app_data::<Data<State>>().map(|state| &state.pages);
    match pages.map_or(Ok(()), |pages| pages.refuse_foreign(request.request())) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => Ok(request.into_response(problem.error_response())),
    }
}

async fn to_the_page() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}
