use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use delivery::{
    Jitter, SeededJitter,
    engine::Engine,
    event::{Answer, Event, Next, next},
    store::StoreError,
};
use gateway_config::WebhookConfig;
use http_api::metrics::WebhookSeries;

use super::{Post, message};

/// How many events are read at one time.
const PAGE: u32 = 20;
/// When a store that failed is asked again.
const PAUSE: Duration = Duration::from_secs(10);

/// Tells one receiver one event after the other.
pub(super) struct Sender {
    engine: Engine,
    webhook: WebhookConfig,
    post: Arc<dyn Post>,
    /// The last event that it has been told, or that it does not want.
    told: i64,
    jitter: SeededJitter,
}

impl Sender {
    pub(super) fn new(engine: &Engine, webhook: &WebhookConfig, post: Arc<dyn Post>, told: i64) -> Self {
        let seed = webhook
            .name
            .bytes()
            .fold(engine.now().unsigned_abs(), |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let jitter = SeededJitter::new(seed);
        Self { engine: engine.clone(), webhook: webhook.clone(), post, told, jitter }
    }

    /// Tells whatever happens, until the store is closed.
    pub(super) async fn run(mut self, series: WebhookSeries) {
        let mut news = self.engine.news();
        loop {
            news.mark_unchanged();
            match self.tell_page(&series).await {
                Ok(0) => {
                    if news.changed().await.is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(webhook = self.webhook.name, %error, "events could not be read, or not that they were told");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Tells one page of events; answers how many there were.
    async fn tell_page(&mut self, series: &WebhookSeries) -> Result<usize, StoreError> {
        let events = self.engine.store().events(self.told, PAGE).await?;
        for event in &events {
            if event.seq > self.told + 1 {
                let lost = event.seq - self.told - 1;
                tracing::warn!(
                    webhook = self.webhook.name,
                    lost,
                    "events were dropped before they could be told"
                );
            }
            if self.webhook.events.contains(&event.kind) {
                self.tell(event, series).await;
            }
            self.told = event.seq;
            self.engine.store().told(self.webhook.name.clone(), event.seq).await?;
        }
        Ok(events.len())
    }

    /// Tells one event, again and again if need be.
    async fn tell(&self, event: &Event, series: &WebhookSeries) {
        let (name, kind) = (&self.webhook.name, event.kind.name());
        let (id, body) = (message::id(event), message::body(event));
        for tries in 1.. {
            let headers = message::headers(&id, seconds(), &self.webhook.secrets, &body);
            let answered = self.post.post(&headers, body.clone()).await;
            let answer = answered.as_ref().map_or(Answer::Unavailable, |status| Answer::of_status(*status));
            let age = self.engine.now() - event.at;
            let (status, error) = match answered {
                Ok(status) => (Some(status), None),
                Err(error) => (None, Some(error.to_string())),
            };
            match next(answer, tries, age, self.jitter.next()) {
                Next::Done => {
                    series.told();
                    tracing::info!(webhook = name, event = kind, id, "the webhook was told");
                    return;
                }
                Next::GiveUp => {
                    series.gave_up();
                    tracing::error!(
                        webhook = name,
                        event = kind,
                        id,
                        status,
                        error,
                        tries,
                        "the event is not told any more"
                    );
                    return;
                }
                Next::Again(wait) => {
                    series.failed(tries);
                    tracing::warn!(
                        webhook = name,
                        event = kind,
                        id,
                        status,
                        error,
                        tries,
                        wait_ms = wait,
                        "the webhook was not told; it is tried again"
                    );
                    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
                }
            }
        }
    }
}

/// The wall clock: receivers refuse what seems to be old.
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
