//! What runs: the store, the engine and the two listeners, and how they start and stop together.

mod clock;
mod files;
mod start;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::ServerHandle;
use delivery::engine::Engine;
use http_api::traces::Traces;
use store_sqlite::SqliteStore;
use tokio_util::sync::CancellationToken;

pub use self::start::{Confirm, StartError};
use crate::{
    reload::Reload,
    signals::{Signals, StopSignal},
};

/// A running gateway: store, engine, and the two listeners.
#[derive(Debug)]
pub struct Gateway {
    engine: Engine,
    store: Arc<SqliteStore>,
    reload: Arc<Reload>,
    traces: Option<Arc<Traces>>,
    servers: Vec<ServerHandle>,
    stopping: CancellationToken,
    api_address: SocketAddr,
    operator_address: SocketAddr,
}

/// How long a stop waits in all for requests under way, of callers and to vendors.
const GRACE: Duration = Duration::from_secs(15);
/// How long of this callers' requests may take to end.
const CALLERS_GRACE: Duration = Duration::from_secs(4);

impl Gateway {
    /// Runs until the process is told to stop, reloading the configuration at each SIGHUP.
    ///
    /// # Errors
    /// Why the store has failed; the process should end, because only a new one can find out what was stored.
    pub async fn run(self, mut signals: Signals) -> Result<(), String> {
        loop {
            tokio::select! {
                signal = signals.next() => match signal {
                    StopSignal::Stop => break,
                    StopSignal::Reload => self.reload.on_signal().await,
                },
                reason = self.store.failed() => {
                    // Nothing more is acknowledged; what is under way is found by the next process.
                    return Err(reason);
                }
            }
        }
        tracing::info!("stopping");
        self.stop().await;
        Ok(())
    }

    /// Stops: no new connections, callers answered, requests to vendors finished or given up, store closed.
    pub async fn stop(self) {
        let asked = Instant::now();
        self.stopping.cancel();
        let callers = self.servers.iter().map(|server| server.stop(true));
        self.engine.release_waiters();
        let stopped = tokio::time::timeout(CALLERS_GRACE, futures_util::future::join_all(callers)).await;
        if stopped.is_err() {
            futures_util::future::join_all(self.servers.iter().map(|server| server.stop(false))).await;
        }
        self.engine.stop(GRACE.saturating_sub(asked.elapsed())).await;
        if let Some(traces) = self.traces {
            // It waits for the exporter, whose requests run here.
            drop(tokio::task::spawn_blocking(move || traces.stop()).await);
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where callers reach the gateway.
    pub fn api_address(&self) -> SocketAddr {
        self.api_address
    }

    /// Where operators reach the gateway.
    pub fn operator_address(&self) -> SocketAddr {
        self.operator_address
    }
}
