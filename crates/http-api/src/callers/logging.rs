use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use actix_web::{
    Error, HttpMessage, ResponseError,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method,
        header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    web::{self, Bytes},
};
use api_types::problem::Kind;
use uuid::Uuid;

use super::{
    Problem,
    auth::CallerName,
    connection::{self, Exchange},
    host,
    lines::Lines,
};
use crate::metrics::Metrics;

/// The lines about requests without a valid key.
static STRANGERS: Lines = Lines::new();

/// The most bytes of all header fields of a request together.
const MOST_HEADER_BYTES: usize = 16 * 1024;

/// What the line about a request and its answer name it by.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestId(pub(super) Uuid);

/// Surrounds every request: bounds its headers, keeps its answer out of caches, counts it and logs one line about it.
///
/// All requests without a valid key together have a bounded number of lines; one says how many were left out before it.
///
/// The line has the pattern of the path and not the path, because a path holds the id of a user; and nothing of the query,
/// the headers or the bodies.
pub async fn observe(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = Uuid::now_v7();
    let method = known(request.method());
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    request.extensions_mut().insert(RequestId(id));
    let exchange = Exchange::begin(&mut request);
    let is_head = request.method() == Method::HEAD;
    if is_head {
        // Whatever can be read can be asked about: the same answer without its body (RFC 9110 section 9.3.2).
        request.head_mut().method = Method::GET;
    }
    let mut response = if connection::has_ended(request.request()) {
        let problem = Problem::invalid("nothing is carried out after the request that ended its connection");
        request.into_response(problem.error_response())
    } else if header_bytes(request.headers()) > MOST_HEADER_BYTES {
        let problem = Problem::new(Kind::HeadersTooLarge, "all header fields together may have 16 KiB");
        request.into_response(problem.error_response())
    } else if let Err(problem) = host::check(request.request()) {
        let mut refused = problem.error_response();
        refused.head_mut().set_connection_type(ConnectionType::Close);
        request.into_response(refused)
    } else {
        // Fails never: a resource answers even where its handler panics.
        next.call(request).await?.map_into_boxed_body()
    };
    finish(response.response_mut().headers_mut(), id);
    connection::answered(&mut response);
    let problem = response.response().extensions().get::<Kind>().copied();
    let pattern = response.request().match_pattern();
    let (path, status) = (pattern.as_deref().unwrap_or("none"), response.status().as_u16());
    if let Some(metrics) = &metrics {
        metrics.answered(method, path, status, started.elapsed());
        problem.into_iter().for_each(|problem| metrics.refused(problem));
    }
    let ended = |response: ServiceResponse<BoxBody>| {
        response.map_body(|_, body| {
            let body = if is_head { BoxBody::new(Bodiless(body.size())) } else { body };
            exchange.ended_by(body)
        })
    };
    let key = response.request().extensions().get::<CallerName>().map(|name| name.0.clone());
    let left_out = if key.is_some() { Some(0) } else { STRANGERS.admit(Instant::now()) };
    let Some(left_out) = left_out else { return Ok(ended(response)) };
    tracing::info!(
        method,
        route = path,
        status,
        took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        key,
        problem = problem.map(Kind::name),
        request_id = %id,
        left_out = (left_out > 0).then_some(left_out),
        "request"
    );
    Ok(ended(response))
}

/// Stands for a body that is not sent, and has its length.
struct Bodiless(BodySize);

impl MessageBody for Bodiless {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

fn finish(headers: &mut HeaderMap, id: Uuid) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// The method's name; a method can be any token, and what a caller made up does not belong into a log.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
