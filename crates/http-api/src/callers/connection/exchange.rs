use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    web::Bytes,
};
use futures_util::Stream;

use super::state::{self, Connection};

/// One request and its answer, from the complete head to the last byte that was made.
///
/// The server waits for the rest of a body for as long as the sender likes, once nobody reads it any more; but it closes the
/// connection when the body is still being read at the end of the answer. So the answer keeps hold of it.
pub(in crate::callers) struct Exchange {
    serving: Serving,
    unread: Option<Rc<RefCell<Unread>>>,
}

/// Keeps the next request of a connection waiting.
struct Serving(Option<Rc<Connection>>);

struct Unread {
    payload: Payload,
    /// How many bytes are still to come; none where chunks say when they end.
    left: Option<usize>,
    connection: Option<Rc<Connection>>,
}

struct Reading(Rc<RefCell<Unread>>);

struct Holding {
    body: BoxBody,
    _exchange: Exchange,
}

impl Exchange {
    /// Begins with a request, and shares its body with its handler.
    pub(in crate::callers) fn begin(request: &mut ServiceRequest) -> Self {
        let connection = state::of(request.request()).cloned();
        let unread = match request.take_payload() {
            Payload::None => None,
            payload => Some(Unread { payload, left: length(request), connection: connection.clone() }),
        };
        let unread = unread.filter(|unread| !unread.is_at_end());
        if let Some(connection) = &connection {
            connection.serve(unread.is_some());
        }
        let unread = unread.map(|unread| Rc::new(RefCell::new(unread)));
        if let Some(unread) = &unread {
            request.set_payload(Payload::Stream { payload: Box::pin(Reading(Rc::clone(unread))) });
        }
        Self { serving: Serving(connection), unread }
    }

    /// The body of an answer that ends the exchange when it is dropped.
    pub(in crate::callers) fn ended_by(self, body: BoxBody) -> BoxBody {
        let is_read = self.unread.as_ref().is_none_or(|unread| unread.borrow().is_at_end());
        if is_read && self.serving.0.is_none() {
            return body;
        }
        let unread = self.unread.filter(|_| !is_read);
        BoxBody::new(Holding { body, _exchange: Self { serving: self.serving, unread } })
    }
}

/// How many bytes a body has that does not come in chunks (RFC 9112 section 6.3). A request that asks for an upgrade has no
/// other body than this, although the server would read on to the end of the connection.
fn length(request: &ServiceRequest) -> Option<usize> {
    let headers = request.headers();
    if headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse().ok());
    Some(length.unwrap_or(0))
}

impl Unread {
    fn is_at_end(&self) -> bool {
        self.left == Some(0)
    }

    /// No more of the body is to come.
    fn end(&mut self) {
        self.left = Some(0);
        if let Some(connection) = &self.connection {
            connection.serve(false);
        }
    }
}

impl Stream for Reading {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut unread = self.0.borrow_mut();
        if unread.is_at_end() {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut unread.payload).poll_next(context);
        let Poll::Ready(Some(Ok(mut bytes))) = polled else {
            if polled.is_ready() {
                unread.end();
            }
            return polled;
        };
        if let Some(left) = unread.left {
            bytes.truncate(left);
            unread.left = Some(left - bytes.len());
            if unread.is_at_end() {
                unread.end();
            }
        }
        Poll::Ready(Some(Ok(bytes)))
    }
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.wait();
        }
    }
}
