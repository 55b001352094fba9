//! Which request is the last of its connection (RFC 9112 section 9.6). The server reads what was sent after it all the same,
//! and hands it on.

use std::{any::Any, cell::Cell};

use actix_web::{
    HttpRequest,
    body::BoxBody,
    dev::{Extensions, ServiceResponse},
    http::{ConnectionType, header::CONNECTION},
};

/// Whether a connection has had its last request.
#[derive(Debug, Default)]
struct Ended(Cell<bool>);

/// Begins to watch a connection.
pub(super) fn watch(_: &dyn Any, data: &mut Extensions) {
    data.insert(Ended::default());
}

/// Whether the request came after the last one of its connection, and must not be carried out.
pub(super) fn has_ended(request: &HttpRequest) -> bool {
    request.conn_data::<Ended>().is_some_and(|ended| ended.0.get())
}

/// Notes whether an answer is the last one, and says so to the caller.
pub(super) fn answered(response: &mut ServiceResponse<BoxBody>) {
    if has_ended(response.request()) || asks_to_close(response.request()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if response.response().head().connection_type() == ConnectionType::Close
        && let Some(ended) = response.request().conn_data::<Ended>()
    {
        ended.0.set(true);
    }
}

/// Whether the caller sends no further request; the server itself looks only for `close` alone.
fn asks_to_close(request: &HttpRequest) -> bool {
    let mut options = request.headers().get_all(CONNECTION).filter_map(|value| value.to_str().ok());
    request.head().connection_type() == ConnectionType::Close
        || options.any(|value| value.split(',').any(|option| option.trim().eq_ignore_ascii_case("close")))
}
