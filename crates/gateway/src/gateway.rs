//! What runs: the store, the engine and the two listeners, and how they start and stop together.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::ServerHandle;
use arc_swap::ArcSwap;
use delivery::{
    Millis, ProcessClock, SeededJitter,
    audit::{AuditKind, AuditRow},
    engine::{Engine, Hub, Parts},
    store::{Store, StoreError},
};
use store_sqlite::{OpenError, SqliteStore};
use tokio_util::sync::CancellationToken;

use crate::{
    api::{self, Keys, ServerLimits, Settings},
    chores,
    config::{Config, Vendor},
    metrics::Metrics,
    operator,
    reload::Reload,
    routes::{RouteError, build_routes},
    signals::{Signals, StopSignal},
    telemetry::Observers,
    traces::Traces,
    webhooks::{WebhookError, Webhooks},
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

/// What an operator has confirmed for a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirm {
    /// Nothing.
    Nothing,
    /// A route whose host has changed is the same vendor.
    Origins,
}

/// Why a gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened at.
    #[error("cannot listen at {address}: {cause}; is another process using it?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store does not work, or a route is another one under the same name.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Spans cannot be exported.
    #[error("{0}")]
    Traces(String),
    /// A route has no transport.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// A webhook cannot be used.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
}

/// How long a stop waits in all for requests under way, of callers and to vendors.
const GRACE: Duration = Duration::from_secs(15);
/// How long of this callers' requests may take to end.
const CALLERS_GRACE: Duration = Duration::from_secs(4);

impl Gateway {
    /// Starts everything that the configuration describes. `file` is read again at a reload; without it there is none.
    ///
    /// # Errors
    /// Why it cannot start; nothing is left running then.
    pub async fn start(config: Config, file: Option<&Path>, confirm: Confirm) -> Result<Self, StartError> {
        let api_listener = listen(config.server.listen)?;
        let operator_listener = listen(config.operator.listen)?;
        let (api_address, operator_address) = (address(&api_listener)?, address(&operator_listener)?);
        let routes = build_routes(&config)?;
        let hub = Hub::new();
        let metrics = Arc::new(Metrics::default());
        let options = store_sqlite::Options::new(&config.store.sqlite, hub.clone());
        let options = store_sqlite::Options { meter: Arc::clone(&metrics) as _, ..options };
        let store = Arc::new(SqliteStore::open(options)?);
        let traces = config.traces.as_ref().map(Traces::start).transpose().map_err(StartError::Traces)?;
        let traces = traces.map(Arc::new);
        let clock = Arc::new(ProcessClock::start());
        let board = Arc::new(operator::Board::new(Arc::clone(&clock) as _));
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            hub,
            clock,
            jitter: Arc::new(SeededJitter::new(seed())),
            telemetry: Arc::new(Observers {
                metrics: Arc::clone(&metrics),
                traces: traces.clone(),
                board: Arc::clone(&board),
            }),
        };
        let engine = Engine::start(parts, routes, confirm == Confirm::Origins).await?;
        if confirm == Confirm::Origins {
            engine.store().audit(confirmed_origins(engine.now())).await?;
        }
        let keys = Arc::new(ArcSwap::from_pointee(Keys::new(config.keys.clone())));
        let settings = Arc::new(ArcSwap::from_pointee(settings_of(&config)));
        let stopping = CancellationToken::new();
        let webhooks = Webhooks::new(engine.clone(), stopping.clone());
        webhooks.replace(webhooks.prepare(&config).await?);
        let reload = Reload::new(
            engine.clone(),
            Arc::clone(&keys),
            Arc::clone(&metrics),
            webhooks,
            file.map(PathBuf::from),
            config.clone(),
        );
        let reload = Arc::new(reload);
        let state = api::State {
            engine: engine.clone(),
            keys: Arc::clone(&keys),
            settings: Arc::clone(&settings),
            vendors: Vendor::all().map(Vendor::dialect).collect(),
            metrics: Arc::clone(&metrics),
            traces: traces.clone(),
        };
        let operator_state = Arc::new(operator::State {
            engine: engine.clone(),
            keys,
            metrics,
            files: Some(Arc::clone(&store)),
            reloader: Arc::clone(&reload) as _,
            stopping: stopping.clone(),
            pages: operator::Pages::new(board, config.operator.hosts.clone(), settings),
        });
        let limits = limits(&config);
        let operator_limits = ServerLimits { workers: 1, connections: 256, ..limits };
        let listen_error = |address| move |cause| StartError::Listen { address, cause };
        let servers = [
            api::serve(api_listener, Arc::new(state), limits).map_err(listen_error(api_address))?,
            operator::serve(operator_listener, Arc::clone(&operator_state), operator_limits)
                .map_err(listen_error(operator_address))?,
        ];
        let servers = servers.map(|server| {
            let handle = server.handle();
            tokio::spawn(server);
            handle
        });
        tokio::spawn(operator::watch(operator_state));
        tokio::spawn(chores::keep_clean(engine.clone(), config.retention));
        tokio::spawn(chores::look_for_new_credentials(engine.clone()));
        tracing::info!(%api_address, %operator_address, routes = config.routes.len(), "ready");
        let servers = servers.into();
        Ok(Self { engine, store, reload, traces, servers, stopping, api_address, operator_address })
    }

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

fn confirmed_origins(now: Millis) -> AuditRow {
    let (who, detail) = ("command line".to_owned(), "the hosts of all routes, at a start".to_owned());
    AuditRow { at: now, who, kind: AuditKind::Confirm, route: None, detail }
}

fn settings_of(config: &Config) -> Settings {
    Settings {
        rules: canonical::Rules { default_country: config.server.default_country },
        idempotency_ttl: config.retention.idempotency,
        ..Settings::default()
    }
}

fn limits(config: &Config) -> ServerLimits {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    ServerLimits {
        workers: config.server.workers.unwrap_or(cores),
        connections: config.server.max_connections,
        shutdown: CALLERS_GRACE,
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|cause| StartError::Listen { address, cause })
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listener.local_addr().map_err(|cause| StartError::Listen { address: unknown, cause })
}

/// A number that differs between processes: waits are to be spread over them.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
