use std::{future::ready, io, net::TcpListener, time::Duration};

use actix_http::{HttpService, KeepAlive, error::DispatchError};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::{AppConfig, Server},
    middleware::from_fn,
    web,
};
use tokio::net::TcpStream;

use super::{
    connection::{Crowd, Stream},
    observe,
};

/// How much a listener takes on.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    /// Threads that serve connections.
    pub workers: usize,
    /// The most connections over all workers.
    pub connections: usize,
    /// How long a stopping server waits for requests under way.
    pub shutdown: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self { workers: 2, connections: 10_000, shutdown: Duration::from_secs(20) }
    }
}

impl ServerLimits {
    /// The most files that the listener may have open.
    pub fn files(&self) -> usize {
        self.connections + self.workers * CLOSING
    }
}

/// Connections of one worker that may be open beyond the limit: those that are being closed to make room.
const CLOSING: usize = 16;
/// How long the rest of a body is thrown away after its request was refused.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves HTTP/1.1 and nothing else; HTTP/2 belongs to a proxy in front. Signals are the process's business.
///
/// [`Stream`] has all deadlines, so the library has none of its own.
pub(crate) fn start<F>(listener: TcpListener, limits: ServerLimits, configure: F) -> io::Result<Server>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let workers = limits.workers.max(1);
    let most = (limits.connections / workers).max(1);
    let builder = ServerBuilder::default()
        .workers(workers)
        .max_concurrent_connections(most + CLOSING)
        .shutdown_timeout(limits.shutdown.as_secs())
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let serve = move || {
        let (crowd, stopping) = (Crowd::new(most), stopping.clone());
        let app = App::new().wrap(from_fn(observe)).configure(&configure).into_factory();
        let app = app.map_err(|error| error.error_response());
        let http = HttpService::build()
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|stream: &Stream, data| stream.share(data))
            .h1(map_config(app, |()| AppConfig::default()));
        let admit = move |io: TcpStream| {
            let peer = io.peer_addr().ok();
            ready(Ok::<_, DispatchError>((Stream::new(io, crowd.admit()), peer)))
        };
        fn_service(admit).and_then(http)
    };
    Ok(builder.listen("http", listener, serve)?.run())
}
