//! Carrying a fault out on the connection.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BodyStream, SizedStream};
use actix_web::http::StatusCode;
use actix_web::rt::{spawn, time::sleep};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::stream::{self, Stream, StreamExt as _};

use crate::call::Call;
use crate::control::Shared;
use crate::fault::{Answer, Apply, Fault, Names};
use crate::reply::Reply;
use crate::socket::Socket;
use crate::vendors;

/// Size of a piece of a huge body.
const PIECE: u64 = 64 << 10;

/// An exchange that ends when this is dropped: the answer is out, or the caller has left.
pub(crate) struct Open {
    pub(crate) shared: Arc<Shared>,
    pub(crate) seq: u64,
    pub(crate) subject: Option<String>,
    /// What is answered; `None` until it is certain that something is.
    pub(crate) status: Option<u16>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let now = self.shared.now_us();
        self.shared.lock().close(self.seq, self.subject.as_deref(), self.status, now);
    }
}

/// An answer without a fault.
pub(crate) fn plain(reply: Reply) -> HttpResponse {
    head(&reply).body(reply.body)
}

/// Ends the connection without a byte: an error from the body before the head was flushed drops both.
pub(crate) fn closed() -> HttpResponse {
    let failing = stream::iter([Err::<Bytes, _>(cut())]);
    HttpResponse::Ok().body(SizedStream::new(1, failing))
}

/// Does with the request what the fault says.
pub(crate) async fn faulty(request: &HttpRequest, call: Call, mut open: Open, fault: Fault) -> HttpResponse {
    let (shared, seq) = (open.shared.clone(), open.seq);
    let call = if fault.names == Names::Truncated { vendors::truncated(&call) } else { call };
    // The task goes on when the caller leaves: a vendor that has the request applies it.
    let task = spawn(applied(shared.clone(), call, seq, fault.before_ms, fault.apply));
    let Ok(reply) = task.await else { return closed() };
    if fault.after_ms > 0 {
        sleep(Duration::from_millis(fault.after_ms)).await;
    }
    let reply = vendors::replaced(shared.vendor, &fault.answer, Shared::now_unix()).unwrap_or(reply);
    match fault.answer {
        Answer::Normal | Answer::Status { .. } | Answer::Respond { .. } => sent(open, reply),
        Answer::WrongSubject { id } => sent(open, vendors::under_id(reply, &id)),
        Answer::Hang => std::future::pending().await,
        Answer::Close => closed(),
        Answer::Reset => {
            if let Some(socket) = request.conn_data::<Socket>() {
                socket.reset_on_close();
            }
            closed()
        }
        Answer::HalfBody => {
            open.status = Some(reply.status);
            half(open, &reply)
        }
        Answer::SlowBody { per_byte_ms } => {
            open.status = Some(reply.status);
            slow(open, reply, per_byte_ms)
        }
        Answer::HugeBody { bytes } => {
            open.status = Some(reply.status);
            huge(open, reply, bytes)
        }
        Answer::EndlessBody => {
            open.status = Some(reply.status);
            endless(open, reply)
        }
    }
}

async fn applied(shared: Arc<Shared>, call: Call, seq: u64, before_ms: u64, apply: Apply) -> Reply {
    if before_ms > 0 {
        sleep(Duration::from_millis(before_ms)).await;
    }
    match apply {
        Apply::Never => shared.lock().preview(&call),
        Apply::Once => shared.apply(seq, &call),
        Apply::Twice => {
            shared.apply(seq, &call);
            shared.apply(seq, &call)
        }
        Apply::Later(ms) => {
            let reply = shared.lock().preview(&call);
            spawn(async move {
                sleep(Duration::from_millis(ms)).await;
                shared.apply(seq, &call);
            });
            reply
        }
    }
}

fn sent(mut open: Open, reply: Reply) -> HttpResponse {
    open.status = Some(reply.status);
    open.shared.lock().note_answer(open.seq, &reply);
    drop(open);
    plain(reply)
}

fn head(reply: &Reply) -> HttpResponseBuilder {
    let mut head =
        HttpResponse::build(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &reply.headers {
        head.append_header((name.as_str(), value.as_str()));
    }
    head
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault")
}

/// The first half, a moment for it to leave the process, then the end of the connection.
fn half(open: Open, reply: &Reply) -> HttpResponse {
    let first = Bytes::copy_from_slice(&reply.body[..reply.body.len() / 2]);
    let rest = stream::once(async move {
        sleep(Duration::from_millis(5)).await;
        drop(open);
        Err(cut())
    });
    let body = stream::iter([Ok::<_, io::Error>(first)]).chain(rest);
    head(reply).body(SizedStream::new(length(reply), Box::pin(body)))
}

fn slow(open: Open, reply: Reply, per_byte_ms: u64) -> HttpResponse {
    let (response, size) = (head(&reply), length(&reply));
    let body = stream::unfold((open, reply.body.into_iter()), move |(open, mut bytes)| async move {
        let byte = bytes.next()?;
        sleep(Duration::from_millis(per_byte_ms)).await;
        Some((Ok::<_, Infallible>(Bytes::from(vec![byte])), (open, bytes)))
    });
    with_body(response, size, body)
}

fn huge(open: Open, reply: Reply, size: u64) -> HttpResponse {
    let (response, size) = (head(&reply), size.max(length(&reply)));
    let padding = size - length(&reply);
    let spaces = Bytes::from(vec![b' '; usize::try_from(PIECE).unwrap_or_default()]);
    let rest = stream::unfold((open, padding), move |(open, left)| {
        let piece = spaces.slice(..usize::try_from(left.min(PIECE)).unwrap_or_default());
        std::future::ready((left > 0).then(|| (Ok(piece), (open, left - left.min(PIECE)))))
    });
    with_body(response, size, stream::iter([Ok::<_, Infallible>(Bytes::from(reply.body))]).chain(rest))
}

fn endless(open: Open, reply: Reply) -> HttpResponse {
    let mut response = head(&reply);
    let never = stream::once(async move {
        let _open = open;
        std::future::pending::<Result<Bytes, Infallible>>().await
    });
    let body = stream::iter([Ok(Bytes::from(reply.body))]).chain(never);
    response.body(BodyStream::new(Box::pin(body)))
}

fn with_body(
    mut response: HttpResponseBuilder,
    size: u64,
    body: impl Stream<Item = Result<Bytes, Infallible>> + 'static,
) -> HttpResponse {
    response.body(SizedStream::new(size, Box::pin(body)))
}

fn length(reply: &Reply) -> u64 {
    reply.body.len() as u64
}
