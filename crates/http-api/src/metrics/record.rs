use std::{
    collections::HashMap,
    fmt,
    sync::{PoisonError, RwLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use api_types::FailureWord;
use api_types::problem::Kind;
use delivery::{Attempted, Telemetry};
use prometheus_client::{
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use strum::VariantArray;

use super::{
    PREFIX,
    labels::{Attempt, Caller, Outcome, Problem, Request, Route},
    webhook::{WebhookSeries, Webhooks},
};

/// Counts what happens since the process started.
pub struct Metrics {
    pub(super) registry: Registry,
    accepted: Family<Caller, Counter>,
    problems: Family<Problem, Counter>,
    accept: Histogram,
    requests: Family<Request, Histogram, fn() -> Histogram>,
    attempts: Family<Attempt, Counter>,
    attempt: Family<Route, Histogram, fn() -> Histogram>,
    settle: Family<Route, Histogram, fn() -> Histogram>,
    by_route: RwLock<HashMap<String, OfRoute>>,
    batch: Histogram,
    commit: Histogram,
    reloads: Family<Outcome, Counter>,
    webhooks: Webhooks,
}

/// The series of one route that every update touches, so that they are looked up once.
#[derive(Debug, Clone)]
struct OfRoute {
    succeeded: Counter,
    attempt: Histogram,
    settle: Histogram,
}

/// What an attempt is counted as that succeeded.
const SUCCESS: &str = "success";

/// From a commit on a fast disk to a caller's patience: 100 µs to 13 s, each bucket twice the one before.
fn brief() -> Histogram {
    Histogram::new(exponential_buckets(0.000_1, 2.0, 18))
}

/// A vendor's answer: 5 ms to 82 s.
fn call() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 15))
}

/// From an accept until a vendor has it: 10 ms, when all goes well, to two days, after an outage.
fn delivery() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 4.0, 13))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            accepted: Family::default(),
            problems: Family::default(),
            accept: brief(),
            requests: Family::new_with_constructor(brief),
            attempts: Family::default(),
            attempt: Family::new_with_constructor(call),
            settle: Family::new_with_constructor(delivery),
            by_route: RwLock::default(),
            batch: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            commit: brief(),
            reloads: Family::default(),
            webhooks: Webhooks::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let seconds = || Unit::Seconds;
        registry.register("updates_accepted", "Updates accepted, by the caller's key", self.accepted.clone());
        registry.register("problems", "Requests refused, by the type of the problem", self.problems.clone());
        let help = "From handing an update to the store until it is durable";
        registry.register_with_unit("accept", help, seconds(), self.accept.clone());
        let help = "From the head of a request to its answer; Prefer: wait is part of it";
        registry.register_with_unit("request", help, seconds(), self.requests.clone());
        registry.register("attempts", "Attempts at a vendor, by how they ended", self.attempts.clone());
        let help = "From the first request of an attempt to the verdict on the last answer";
        registry.register_with_unit("attempt", help, seconds(), self.attempt.clone());
        let help = "How long a vendor had been behind on a user when it confirmed what was sent";
        registry.register_with_unit("settle", help, seconds(), self.settle.clone());
        registry.register("store_batch_operations", "Operations made durable together", self.batch.clone());
        let help = "Writing and synchronising the write-ahead log, once per batch";
        registry.register_with_unit("store_commit", help, seconds(), self.commit.clone());
        registry.register("reloads", "Configurations read again, by what became of it", self.reloads.clone());
        self.webhooks.register(registry);
        let started: Gauge = Gauge::default();
        started.set(since_epoch());
        registry.register_with_unit(
            "start_time",
            "When the process began, since the Unix epoch",
            seconds(),
            started,
        );
        for kind in Kind::ALL {
            drop(self.problems.get_or_create(&Problem { r#type: kind.name() }));
        }
        for outcome in ["applied", "refused"] {
            drop(self.reloads.get_or_create(&Outcome { outcome }));
        }
    }

    /// Shows a route's series as 0 before anything happens there, so that the first event is a change.
    pub(super) fn show_route(&self, route: &str) {
        let failures = FailureWord::VARIANTS.iter().map(Into::into);
        for class in failures.chain([SUCCESS]) {
            drop(self.attempts.get_or_create(&Attempt { route: route.to_owned(), class }));
        }
        drop(self.of_route(route));
    }

    fn of_route(&self, route: &str) -> OfRoute {
        let known = self.by_route.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        known.unwrap_or_else(|| {
            let labels = Route { route: route.to_owned() };
            let succeeded = Attempt { route: route.to_owned(), class: SUCCESS };
            let found = OfRoute {
                succeeded: self.attempts.get_or_create_owned(&succeeded),
                attempt: self.attempt.get_or_create_owned(&labels),
                settle: self.settle.get_or_create_owned(&labels),
            };
            let mut routes = self.by_route.write().unwrap_or_else(PoisonError::into_inner);
            routes.entry(labels.route).or_insert(found).clone()
        })
    }

    /// An update of this caller was accepted.
    pub fn update_accepted(&self, caller: &str) {
        self.accepted.get_or_create(&Caller { caller: caller.to_owned() }).inc();
    }

    /// A request was refused.
    pub fn refused(&self, problem: Kind) {
        self.problems.get_or_create(&Problem { r#type: problem.name() }).inc();
    }

    /// A request was answered.
    pub fn answered(&self, method: &'static str, path: &str, status: u16, took: Duration) {
        let status = match status {
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        let request = Request { method, path: path.to_owned(), status };
        self.requests.get_or_create(&request).observe(took.as_secs_f64());
    }

    /// The configuration was read again.
    pub fn reloaded(&self, applied: bool) {
        let outcome = if applied { "applied" } else { "refused" };
        self.reloads.get_or_create(&Outcome { outcome }).inc();
    }

    /// The series of a webhook, shown from now on.
    pub fn webhook(&self, name: &str) -> WebhookSeries {
        self.webhooks.of(name)
    }

    /// A webhook is not configured any more.
    pub fn webhook_removed(&self, name: &str) {
        self.webhooks.forget(name);
    }
}

impl Telemetry for Metrics {
    fn accepted(&self, took: Duration) {
        self.accept.observe(took.as_secs_f64());
    }

    fn attempted(&self, attempt: &Attempted<'_>) {
        let route = self.of_route(attempt.route);
        route.attempt.observe(attempt.took.as_secs_f64());
        let Some(failure) = attempt.failure else {
            route.succeeded.inc();
            attempt.behind.into_iter().for_each(|behind| route.settle.observe(behind.as_secs_f64()));
            return;
        };
        let class = FailureWord::from(failure).into();
        self.attempts.get_or_create(&Attempt { route: attempt.route.to_owned(), class }).inc();
    }
}

impl store_sqlite::Meter for Metrics {
    #[expect(clippy::cast_precision_loss, reason = "a batch has at most a few hundred operations")]
    fn committed(&self, operations: usize, took: Duration) {
        self.batch.observe(operations as f64);
        self.commit.observe(took.as_secs_f64());
    }
}

/// The wall clock, in seconds: what graphs and alerts go by.
fn since_epoch() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().try_into().unwrap_or(i64::MAX)
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
