use std::panic::AssertUnwindSafe;

use actix_web::{
    Error, HttpMessage, HttpResponse, Resource, ResponseError, Route,
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
    web,
};
use futures_util::FutureExt;

use super::{Problem, logging::RequestId};

/// A resource that answers a method it does not have with the ones it has (RFC 9110 section 15.5.6), and answers whatever
/// happens in its handlers.
pub(crate) fn resource(
    path: &str,
    allow: &'static str,
) -> Resource<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>
    + use<>,
> {
    let refuse = move || async move { Err::<HttpResponse, Problem>(Problem::method_not_allowed(allow)) };
    web::resource(path).default_service(web::to(refuse)).wrap_fn(|request, handlers| {
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

/// What answers a path that no resource has.
pub(crate) fn not_found() -> Route {
    web::to(|| async { Err::<HttpResponse, Problem>(Problem::not_found()) })
}
