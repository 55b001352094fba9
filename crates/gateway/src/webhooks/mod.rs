//! Tells receivers of webhooks what happens to routes: each event at least once, in the order in which they happened.

mod message;
mod sender;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use delivery::{SendError, engine::Engine, store::StoreError};
use gateway_config::{AlertConfig, Config, WebhookConfig};
use http_api::metrics::Metrics;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport_http::{HttpPost, SettingsError};

use sender::Sender;

/// The webhooks of a running gateway.
pub(crate) struct Webhooks {
    engine: Engine,
    metrics: Arc<Metrics>,
    stopping: CancellationToken,
    running: Mutex<BTreeMap<String, Running>>,
}

/// A sender at work; it ends with the value.
struct Running {
    config: WebhookConfig,
    _guard: DropGuard,
}

/// A receiver.
#[async_trait]
pub(crate) trait Post: Send + Sync {
    /// Posts once and answers the status.
    async fn post(&self, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<u16, SendError>;
}

#[async_trait]
impl Post for HttpPost {
    async fn post(&self, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<u16, SendError> {
        HttpPost::post(self, headers, body).await
    }
}

/// Webhooks that are ready to be put in force: from here on nothing is refused.
pub(crate) struct Prepared {
    alerts: Option<AlertConfig>,
    senders: Vec<(WebhookConfig, Sender)>,
}

/// Why webhooks cannot be put in force.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A receiver cannot be reached safely.
    #[error("webhook {name}: {cause}")]
    Settings {
        /// The webhook.
        name: String,
        /// Why.
        cause: SettingsError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Webhooks {
    /// None yet. When `stopping` is cancelled, nothing more is told; the next process goes on.
    pub(crate) fn new(engine: Engine, metrics: Arc<Metrics>, stopping: CancellationToken) -> Self {
        Self { engine, metrics, stopping, running: Mutex::default() }
    }

    /// Gets the webhooks of a configuration ready. From now on events are kept for those that are new.
    ///
    /// # Errors
    /// When one of them cannot be used, or the store fails.
    pub(crate) async fn prepare(&self, config: &Config) -> Result<Prepared, WebhookError> {
        let mut senders = Vec::new();
        for webhook in &config.webhooks {
            let post = HttpPost::new(&webhook.post)
                .map_err(|cause| WebhookError::Settings { name: webhook.name.clone(), cause })?;
            let told = self.engine.store().subscribe(webhook.name.clone()).await?;
            senders.push((webhook.clone(), Sender::new(&self.engine, webhook, Arc::new(post), told)));
        }
        Ok(Prepared { alerts: (!senders.is_empty()).then_some(config.alerts), senders })
    }

    /// Puts them in force. One that stays as it is goes on.
    pub(crate) fn replace(&self, prepared: Prepared) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *running);
        for (config, sender) in prepared.senders {
            let name = config.name.clone();
            let same = before.remove(&name).filter(|running| running.config == config);
            running.insert(name, same.unwrap_or_else(|| self.start(config, sender)));
        }
        let removed = before.keys().filter(|name| !running.contains_key(*name));
        removed.for_each(|name| self.metrics.webhook_removed(name));
        self.engine.watch(prepared.alerts.map(AlertConfig::thresholds));
    }

    fn start(&self, config: WebhookConfig, sender: Sender) -> Running {
        let ended = self.stopping.child_token();
        let guard = ended.clone().drop_guard();
        let series = self.metrics.webhook(&config.name);
        tokio::spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = sender.run(series) => {}
            }
        });
        Running { config, _guard: guard }
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhooks")
    }
}
