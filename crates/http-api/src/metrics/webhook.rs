use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::labels::{Webhook, WebhookOutcome};

/// What becomes of the events that receivers are told of. Who is told of failures needs to know when that fails.
#[derive(Debug, Default)]
pub(super) struct Webhooks {
    events: Family<WebhookOutcome, Counter>,
    failed_tries: Family<Webhook, Gauge>,
}

/// The series of one receiver.
#[derive(Debug, Clone)]
pub struct WebhookSeries {
    told: Counter,
    given_up: Counter,
    failed_tries: Gauge,
}

impl Webhooks {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Events of a webhook, by what became of them";
        registry.register("webhook_events", help, self.events.clone());
        let help = "How often the receiver of a webhook was told in vain of the event that is its next";
        registry.register("webhook_failed_tries", help, self.failed_tries.clone());
    }

    pub(super) fn of(&self, webhook: &str) -> WebhookSeries {
        let events = |outcome| {
            self.events.get_or_create_owned(&WebhookOutcome { webhook: webhook.to_owned(), outcome })
        };
        WebhookSeries {
            told: events("told"),
            given_up: events("given_up"),
            failed_tries: self.failed_tries.get_or_create_owned(&Webhook { webhook: webhook.to_owned() }),
        }
    }

    /// A receiver that is not configured any more does not fail any more.
    pub(super) fn forget(&self, webhook: &str) {
        self.failed_tries.remove(&Webhook { webhook: webhook.to_owned() });
    }
}

impl WebhookSeries {
    /// The receiver has the event.
    pub fn told(&self) {
        self.told.inc();
        self.failed_tries.set(0);
    }

    /// The receiver has not got the event after so many tries, and will be told again.
    pub fn failed(&self, tries: u32) {
        self.failed_tries.set(tries.into());
    }

    /// The receiver has not got the event and will not be told of it again.
    pub fn gave_up(&self) {
        self.given_up.inc();
        self.failed_tries.set(0);
    }
}
