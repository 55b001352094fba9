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
    http::header::TRANSFER_ENCODING,
    web::Bytes,
};
use futures_util::Stream;

/// A chunked body that may not have been read to its end.
///
/// The server waits for the rest of a chunked body for as long as the sender likes, once nobody reads it any more; but it
/// closes the connection when the body is still being read at the end of the answer. So the answer keeps hold of it.
pub(super) struct Unread(Rc<RefCell<Shared>>);

struct Shared {
    payload: Payload,
    ended: bool,
}

struct Reading(Rc<RefCell<Shared>>);

struct Holding {
    body: BoxBody,
    _unread: Rc<RefCell<Shared>>,
}

impl Unread {
    /// Shares the body of a request with its handler; none for a request without a chunked body.
    pub(super) fn of(request: &mut ServiceRequest) -> Option<Self> {
        if !request.headers().contains_key(TRANSFER_ENCODING) {
            return None;
        }
        let shared = Rc::new(RefCell::new(Shared { payload: request.take_payload(), ended: false }));
        request.set_payload(Payload::Stream { payload: Box::pin(Reading(Rc::clone(&shared))) });
        Some(Self(shared))
    }

    /// The body of an answer that holds what was not read.
    pub(super) fn held_by(self, body: BoxBody) -> BoxBody {
        if self.0.borrow().ended {
            return body;
        }
        BoxBody::new(Holding { body, _unread: self.0 })
    }
}

impl Stream for Reading {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut shared = self.0.borrow_mut();
        let polled = Pin::new(&mut shared.payload).poll_next(context);
        shared.ended |= matches!(polled, Poll::Ready(None));
        polled
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
