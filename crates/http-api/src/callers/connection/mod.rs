//! What a connection may cost, whoever holds it, and which request is its last one (RFC 9112 section 9.6).
//!
//! The HTTP library bounds the head of a connection's first request alone, keeps as many requests as arrive, and waits for ever
//! for a caller who reads no answer. So each connection is read and written through [`Stream`], which has a deadline for every
//! step and takes the next request only when the one before is answered; [`Exchange`] tells it when that is. A worker's
//! connections are a [`Crowd`], in which a stranger's one makes room for the next.

mod crowd;
mod exchange;
mod state;
mod stream;

use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::ServiceResponse,
    http::{ConnectionType, StatusCode, header::CONNECTION},
};

pub(super) use self::{crowd::Crowd, exchange::Exchange, stream::Stream};
use super::auth::CallerName;

/// Whether the request came after the last one of its connection, and must not be carried out.
pub(super) fn has_ended(request: &HttpRequest) -> bool {
    state::of(request).is_some_and(|connection| connection.has_ended())
}

/// Notes that a configured key came with the request: a connection that has shown one is no stranger's.
pub(super) fn is_known(request: &HttpRequest) {
    if let Some(connection) = state::of(request) {
        connection.is_known();
    }
}

/// Notes whether an answer is the last one, and says so to the caller.
pub(super) fn answered(response: &mut ServiceResponse<BoxBody>) {
    if is_last(response.request(), response.status()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if response.response().head().connection_type() == ConnectionType::Close
        && let Some(connection) = state::of(response.request())
    {
        connection.end();
    }
}

/// Whether nothing may follow. A stranger's connection is not kept. An upgrade is never taken (RFC 9110 section 7.8), and the
/// library closes after a request that asks for one: the answer has to say so.
fn is_last(request: &HttpRequest, status: StatusCode) -> bool {
    let is_stranger = !request.extensions().contains::<CallerName>();
    is_stranger
        || status == StatusCode::UNAUTHORIZED
        || has_ended(request)
        || request.head().connection_type() != ConnectionType::KeepAlive
        || asks_to_close(request)
}

/// Whether the caller sends no further request; the server itself looks only for `close` alone.
fn asks_to_close(request: &HttpRequest) -> bool {
    let mut options = request.headers().get_all(CONNECTION).filter_map(|value| value.to_str().ok());
    options.any(|value| value.split(',').any(|option| option.trim().eq_ignore_ascii_case("close")))
}
