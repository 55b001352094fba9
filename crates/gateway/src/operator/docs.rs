use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, LOCATION},
    middleware::DefaultHeaders,
    web,
};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use crate::api::{self, resource};

/// Swagger UI styles its elements itself and draws with data URLs; scripts come from here alone, and nothing goes anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the descriptions of both APIs as a page, `/docs/`. It takes no key, as the descriptions take none, and works without the
/// Internet.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let descriptions =
        [Url::with_primary("operators", "/v1/openapi.json", true), Url::new("callers", "/docs/callers.json")];
    // It would have a server of others validate the description.
    let page = SwaggerUi::new("/{file:.*}").config(Config::new(descriptions).validator_url("none"));
    config.service(
        web::scope("/docs")
            .wrap(DefaultHeaders::new().add((CONTENT_SECURITY_POLICY, POLICY)))
            .service(resource("", "GET").route(web::get().to(to_the_page)))
            .service(resource("/callers.json", "GET").route(web::get().to(api::describe)))
            .service(page),
    );
}

async fn to_the_page() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}
