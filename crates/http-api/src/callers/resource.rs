use std::panic::AssertUnwindSafe;

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, Resource, ResponseError, Route,
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, header::ALLOW},
    web,
};
use futures_util::FutureExt;

use super::{Problem, logging::RequestId, problem::ACCEPT_PATCH};

/// A resource that answers a method it does not have with the ones it has (RFC 9110 section 15.5.6), and answers whatever
/// happens in its handlers.
pub fn resource(
    path: &str,
    allow: &'static str,
) -> Resource<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>
    + use<>,
> {
    let other = move |request: HttpRequest| async move { another_method(&request, allow) };
    web::resource(path).default_service(web::to(other)).wrap_fn(|request, handlers| {
        // Here, and not around the application: until the path has led here, nobody else may have the request.
        let kept = request.request().clone();
        let handled = AssertUnwindSafe(handlers.call(request)).catch_unwind();
        async move {
            Ok(match handled.await {
                Ok(Ok(answered)) => answered,
                Ok(Err(error)) => ServiceResponse::from_err(error, kept),
                Err(_) => {
                    let route = kept.match_pattern();
                    let request_id = kept.extensions().get::<RequestId>().map(|id| id.0.to_string());
                    tracing::error!(
                        route,
                        request_id,
                        "a handler failed; the request may or may not have been carried out"
                    );
                    ServiceResponse::new(kept, Problem::outcome_unknown().error_response())
                }
            })
        }
    })
}

/// Says which methods there are (RFC 9110 section 9.3.7), or refuses one that is not among them. What can be read has a HEAD.
fn another_method(request: &HttpRequest, allow: &str) -> Result<HttpResponse, Problem> {
    let all = allow.replacen("GET", "GET, HEAD", 1) + ", OPTIONS";
    let method = request.method().as_str();
    if method == "OPTIONS" {
        let mut response = HttpResponse::NoContent();
        response.insert_header((ALLOW, all));
        if allow.contains("PATCH") {
            response.insert_header(ACCEPT_PATCH);
        }
        return Ok(response.finish());
    }
    let upper = method.to_ascii_uppercase();
    let is_lower = upper != method && all.split(", ").any(|name| name == upper);
    let detail = if is_lower {
        format!("methods are written in capitals: send {upper}")
    } else {
        "see the header Allow".to_owned()
    };
    Err(Problem::method_not_allowed(all, detail))
}

/// What answers a path that no resource has.
pub(crate) fn not_found() -> Route {
    web::to(|request: HttpRequest| async move {
        // The server as a whole (RFC 9110 section 9.3.7).
        if request.method() == Method::OPTIONS && request.path() == "*" {
            return Ok(HttpResponse::NoContent().finish());
        }
        Err::<HttpResponse, Problem>(Problem::not_found())
    })
}
