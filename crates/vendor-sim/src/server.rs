//! The listener: an own thread with its own runtime, so that any test or program can start it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use crate::call::Call;
use crate::control::{Control, Shared};
use crate::core::Received;
use crate::{control_http, sending, socket};

/// Longest request body that is read.
const LONGEST_BODY: usize = 64 << 20;

/// A running listener; it stops when dropped.
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Binds and serves; returns when connections are accepted.
    pub(crate) fn start(shared: Arc<Shared>, listen: SocketAddr, workers: usize) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(format!("sim-{}", shared.vendor.name()))
            .spawn(move || actix_web::rt::System::new().block_on(serve(shared, listen, workers, sender)))?;
        let gone = |_| io::Error::other("the listener's thread ended before it listened");
        let (address, handle) = receiver.recv().map_err(gone)??;
        Ok(Self { address, handle, thread: Some(thread) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The command is sent by the call; its future only waits, which the join does as well.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Started = io::Result<(SocketAddr, ServerHandle)>;

async fn serve(shared: Arc<Shared>, listen: SocketAddr, workers: usize, started: mpsc::Sender<Started>) {
    let data = web::Data::from(shared);
    let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(answer)))
        .workers(workers.max(1))
        .on_connect(socket::remember)
        .h1_allow_half_closed(false)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(60))
        .shutdown_timeout(0)
        .disable_signals()
        .bind(listen);
    let server = match server {
        Ok(server) => server,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    let Some(&address) = server.addrs().first() else { return };
    let server = server.run();
    if started.send(Ok((address, server.handle()))).is_ok() {
        let _ = server.await;
    }
}

async fn answer(request: HttpRequest, payload: web::Payload, shared: web::Data<Shared>) -> HttpResponse {
    let Ok(Ok(body)) = payload.to_bytes_limited(LONGEST_BODY).await else {
        return HttpResponse::PayloadTooLarge().finish();
    };
    let call = received(&request, &body);
    let shared = shared.into_inner();
    if call.path().starts_with("/_sim/") {
        return sending::plain(control_http::answer(&Control::new(shared), &call));
    }
    let now = shared.now_us();
    let received = {
        let mut core = shared.lock();
        if core.down {
            core.refused += 1;
            None
        } else {
            Some(core.receive(&call, now))
        }
    };
    match received {
        None => sending::closed(),
        Some(Received::Answered(reply)) => sending::plain(reply),
        Some(Received::Faulty { seq, subject, fault }) => {
            let open = sending::Open { shared, seq, subject, status: None };
            sending::faulty(&request, call, open, fault).await
        }
    }
}

fn received(request: &HttpRequest, body: &[u8]) -> Call {
    let target =
        request.uri().path_and_query().map_or_else(|| request.uri().to_string(), ToString::to_string);
    let lines = request.headers().iter();
    let mut headers: Vec<_> = lines
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    // The map iterates in an arbitrary order; the sort is stable, so repeated lines keep theirs.
    headers.sort_by(|left, right| left.0.cmp(&right.0));
    Call { method: request.method().as_str().to_owned(), target, headers, body: body.to_vec() }
}
