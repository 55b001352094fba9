use std::{net::SocketAddr, path::PathBuf, time::Duration};

use canonical::Country;

/// The callers' listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where callers reach the gateway.
    pub listen: SocketAddr,
    /// The country in which a phone number without `+` is read.
    pub default_country: Option<Country>,
    /// How many threads serve callers; none: one per core.
    pub workers: Option<usize>,
    /// The most connections of callers at one time.
    pub max_connections: usize,
}

/// The operators' listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorConfig {
    /// Where operators and monitoring reach the gateway.
    pub listen: SocketAddr,
    /// The names by which browsers may reach the pages there, in lower case; addresses and `localhost` need not be among them.
    pub hosts: Vec<String>,
}

/// The store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The file of the SQLite database.
    pub sqlite: PathBuf,
}

/// Retention periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Updates, after which `GET /v1/updates/{id}` says that they expired.
    pub updates: Duration,
    /// Attempts.
    pub attempts: Duration,
    /// Idempotency keys.
    pub idempotency: Duration,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// The least important events that are written.
    pub level: tracing::Level,
    /// How they are written.
    pub format: LogFormat,
}

/// Where spans go.
#[derive(Debug, Clone, PartialEq)]
pub struct TracesConfig {
    /// The URL of a collector that takes OTLP over HTTP.
    pub otlp: String,
    /// Which part of the updates is traced whose caller does not say, from 0 to 1.
    pub sample: f64,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line; no text can pretend to be another line.
    Json,
    /// Lines for people.
    Text,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            default_country: None,
            workers: None,
            max_connections: 1024,
        }
    }
}

impl Default for OperatorConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8081)), hosts: Vec::new() }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for Retention {
    fn default() -> Self {
        Self { updates: DAY * 30, attempts: DAY * 30, idempotency: DAY }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: tracing::Level::INFO, format: LogFormat::Json }
    }
}
