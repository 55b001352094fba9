use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};

use super::{connection, observe};

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

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long the head of a request may take to arrive: slow senders hold a connection no longer than this.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a closing connection may take to be closed by the other side.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Connections that may be in their opening at one time, per worker.
const OPENING: usize = 256;

/// Serves HTTP/1.1 and nothing else; HTTP/2 belongs to a proxy in front. Signals are the process's business.
pub(crate) fn start<F>(listener: TcpListener, limits: ServerLimits, configure: F) -> io::Result<Server>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let workers = limits.workers.max(1);
    let app = move || App::new().wrap(from_fn(observe)).configure(&configure);
    let server = HttpServer::new(app)
        .workers(workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .max_connections((limits.connections / workers).max(1))
        .max_connection_rate(OPENING)
        .shutdown_timeout(limits.shutdown.as_secs())
        .disable_signals()
        .on_connect(connection::watch)
        .listen(listener)?;
    Ok(server.run())
}
