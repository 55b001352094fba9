use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use actix_web::dev::{Server, ServerHandle};
use arc_swap::ArcSwap;
use delivery::{
    ProcessClock, SeededJitter,
    audit::{AuditKind, AuditRow},
    engine::{Engine, Hub, Parts},
    store::{Store, StoreError},
};
use gateway_config::{Config, Vendor};
use http_api::{
    callers::{self, Keys, ServerLimits, Settings},
    metrics::Metrics,
    operators,
    traces::Traces,
};
use store_sqlite::{OpenError, SqliteStore};
use tokio_util::sync::CancellationToken;

use super::{CALLERS_GRACE, Gateway, clock, files};
use crate::{
    chores,
    reload::Reload,
    routes::{RouteError, build_routes},
    telemetry::Observers,
    webhooks::{WebhookError, Webhooks},
};

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
    /// The clock is wrong.
    #[error(transparent)]
    Clock(#[from] clock::BeforeEpoch),
    /// The process may have too few open files.
    #[error(transparent)]
    Files(#[from] files::TooFew),
}

impl Gateway {
    /// Starts everything that the configuration describes. `file` is read again at a reload; without it there is none.
    ///
    /// # Errors
    /// Why it cannot start; nothing is left running then.
    pub async fn start(config: Config, file: Option<&Path>, confirm: Confirm) -> Result<Self, StartError> {
        clock::check(SystemTime::now())?;
        let limits = limits(&config)?;
        let sockets = [Listening::at(config.server.listen)?, Listening::at(config.operator.listen)?];
        let core = Core::start(&config, confirm).await?;
        let engine = core.engine.clone();
        let served = async {
            core.audit(confirm).await?;
            core.serve(sockets, limits, config, file).await
        }
        .await;
        if served.is_err() {
            engine.stop(Duration::ZERO).await;
        }
        served
    }
}

/// What works without a listener.
struct Core {
    engine: Engine,
    store: Arc<SqliteStore>,
    metrics: Arc<Metrics>,
    traces: Option<Arc<Traces>>,
    board: Arc<operators::Board>,
}

impl Core {
    async fn start(config: &Config, confirm: Confirm) -> Result<Self, StartError> {
        let routes = build_routes(config)?;
        let hub = Hub::new();
        let metrics = Arc::new(Metrics::default());
        let options = store_sqlite::Options::new(&config.store.sqlite, hub.clone());
        let options = store_sqlite::Options { meter: Arc::clone(&metrics) as _, ..options };
        let store = Arc::new(SqliteStore::open(options)?);
        let traces = config.traces.as_ref().map(Traces::start).transpose().map_err(StartError::Traces)?;
        let traces = traces.map(Arc::new);
        let clock = Arc::new(ProcessClock::start());
        let board = Arc::new(operators::Board::new(Arc::clone(&clock) as _));
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
        Ok(Self { engine, store, metrics, traces, board })
    }

    /// Keeps what an operator has confirmed for this start.
    async fn audit(&self, confirm: Confirm) -> Result<(), StoreError> {
        if confirm == Confirm::Nothing {
            return Ok(());
        }
        let (who, detail) = ("command line".to_owned(), "the hosts of all routes, at a start".to_owned());
        let row = AuditRow { at: self.engine.now(), who, kind: AuditKind::Confirm, route: None, detail };
        self.engine.store().audit(row).await
    }

    async fn serve(
        self,
        sockets: [Listening; 2],
        [limits, operator_limits]: [ServerLimits; 2],
        config: Config,
        file: Option<&Path>,
    ) -> Result<Gateway, StartError> {
        let Self { engine, store, metrics, traces, board } = self;
        let keys = Arc::new(ArcSwap::from_pointee(Keys::new(config.keys.clone())));
        let settings = Arc::new(ArcSwap::from_pointee(settings_of(&config)));
        let stopping = CancellationToken::new();
        let webhooks = Webhooks::new(engine.clone(), Arc::clone(&metrics), stopping.clone());
        webhooks.replace(webhooks.prepare(&config).await?);
        let reload = Arc::new(Reload::new(
            engine.clone(),
            Arc::clone(&keys),
            Arc::clone(&metrics),
            webhooks,
            file.map(PathBuf::from),
            config.clone(),
        ));
        let callers = Arc::new(callers::State {
            engine: engine.clone(),
            keys: Arc::clone(&keys),
            settings: Arc::clone(&settings),
            vendors: Vendor::all().map(Vendor::dialect).collect(),
            metrics: Arc::clone(&metrics),
            traces: traces.clone(),
        });
        let operators = Arc::new(operators::State {
            engine: engine.clone(),
            keys,
            metrics,
            files: Some(Arc::clone(&store)),
            reloader: Arc::clone(&reload) as _,
            stopping: stopping.clone(),
            pages: operators::Pages::new(board, config.operator.hosts.clone(), settings),
        });
        let [api_address, operator_address] = [sockets[0].address, sockets[1].address];
        let [api_socket, operator_socket] = sockets;
        let servers = [
            api_socket.served(|socket| callers::serve(socket, callers, limits))?,
            operator_socket
                .served(|socket| operators::serve(socket, Arc::clone(&operators), operator_limits))?,
        ];
        // Neither runs before both can: where one cannot start, nothing is left running.
        let servers = servers.into_iter().map(run_server).collect();
        tokio::spawn(operators::watch(operators));
        tokio::spawn(chores::keep_clean(engine.clone(), config.retention));
        tokio::spawn(chores::look_for_new_credentials(engine.clone()));
        tracing::info!(%api_address, %operator_address, routes = config.routes.len(), "ready");
        Ok(Gateway { engine, store, reload, traces, servers, stopping, api_address, operator_address })
    }
}

/// A socket that takes connections before anything is there to answer them, so that a start that fails fails early.
struct Listening {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listening {
    fn at(address: SocketAddr) -> Result<Self, StartError> {
        let cannot = |cause| StartError::Listen { address, cause };
        let socket = TcpListener::bind(address).map_err(cannot)?;
        // Port 0 in the configuration is a free one that the system has chosen.
        let address = socket.local_addr().map_err(cannot)?;
        Ok(Self { socket, address })
    }

    fn served(
        self,
        serve: impl FnOnce(TcpListener) -> std::io::Result<Server>,
    ) -> Result<Server, StartError> {
        serve(self.socket).map_err(|cause| StartError::Listen { address: self.address, cause })
    }
}

fn run_server(server: Server) -> ServerHandle {
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

fn settings_of(config: &Config) -> Settings {
    Settings {
        rules: canonical::Rules { default_country: config.server.default_country },
        idempotency_ttl: config.retention.idempotency,
        ..Settings::default()
    }
}

/// Of the callers' and the operators' listener.
fn limits(config: &Config) -> Result<[ServerLimits; 2], files::TooFew> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let callers = ServerLimits {
        workers: config.server.workers.unwrap_or(cores),
        connections: config.server.max_connections,
        shutdown: CALLERS_GRACE,
    };
    let operators = ServerLimits { workers: 1, connections: 256, ..callers };
    let to_vendors: u32 = config.routes.iter().map(|route| route.limits.concurrency).sum();
    let others = operators.files() + usize::try_from(to_vendors).unwrap_or(usize::MAX / 2);
    let callers = files::fit(callers, others)?;
    Ok([callers, operators])
}

/// A number that differs between processes: waits are to be spread over them.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
