use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use canonical::{Patch, Rules, UserId};
use delivery::{
    Attempted, Limits, ProcessClock, Rate, Route, SeededJitter, Telemetry,
    engine::{Engine, Hub, Parts, Submission},
    lane::FailureClass,
    status::{RouteState, RouteStatus},
    store::{Accepted, Actor, LaneRow, Precondition, Reads, Store},
};
use serde_json::{Value as JsonValue, json};
use testkit::{memory_store::MemoryStore, routes};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::vendor::Vendor;

/// An engine with one route per vendor, `a`, `b` and so on.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) vendors: Vec<Vendor>,
    told: Arc<Told>,
    started: Instant,
}

/// Whoever counts attempts.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<Option<FailureClass>>>);

impl Telemetry for Told {
    fn attempted(&self, attempt: &Attempted<'_>) {
        self.0.lock().expect("not poisoned").push(attempt.failure);
    }
}

/// How a route of a test differs from the usual one.
pub(crate) type Adjust = fn(&mut Limits);

impl World {
    /// One route.
    pub(crate) async fn new() -> Self {
        Self::with(1, |_| {}).await
    }

    pub(crate) async fn with(count: usize, adjust: Adjust) -> Self {
        let hub = Hub::new();
        let store = Arc::new(MemoryStore::new(hub.clone()));
        let vendors: Vec<Vendor> = (0..count).map(|_| Vendor::new()).collect();
        let told = Arc::new(Told::default());
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            hub,
            clock: Arc::new(ProcessClock::start()),
            jitter: Arc::new(SeededJitter::new(7)),
            telemetry: Arc::clone(&told) as Arc<dyn Telemetry>,
        };
        let engine = Engine::start(parts, routes_to(&vendors, adjust), false).await.expect("starts");
        Self { engine, store, vendors, told, started: Instant::now() }
    }

    /// Another engine on the same store, as of a new process; what is claimed with an accept is sent by it.
    pub(crate) async fn started_anew(self) -> Self {
        self.engine.stop(Duration::ZERO).await;
        self.store.reopen();
        let Self { store, vendors, told, started, .. } = self;
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            hub: Hub::new(),
            clock: Arc::new(ProcessClock::start()),
            jitter: Arc::new(SeededJitter::new(8)),
            telemetry: Arc::clone(&told) as Arc<dyn Telemetry>,
        };
        let engine = Engine::start(parts, routes_to(&vendors, |_| {}), false).await.expect("starts");
        Self { engine, store, vendors, told, started }
    }

    pub(crate) fn vendor(&self) -> &Vendor {
        &self.vendors[0]
    }

    /// How the attempts ended of which somebody was told who counts them.
    pub(crate) fn told(&self) -> Vec<Option<FailureClass>> {
        self.told.0.lock().expect("not poisoned").clone()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Sends a change about user `number`, whom every vendor knows under that number.
    pub(crate) async fn patch(&self, number: u32, change: JsonValue) -> Accepted {
        let mut body = change;
        let names = ["a", "b", "c", "d"].into_iter().take(self.vendors.len());
        body["identities"] =
            names.map(|name| (name.to_owned(), json!(number))).collect::<serde_json::Map<_, _>>().into();
        self.submit(number, &body, false).await
    }

    /// Gives a user another identity at route `a`, as an operator may.
    pub(crate) async fn identify(&self, number: u32, subject: u32) -> Accepted {
        self.submit(number, &json!({ "identities": { "a": subject } }), true).await
    }

    async fn submit(&self, number: u32, body: &JsonValue, may_operate: bool) -> Accepted {
        let submitted = self.engine.submit(submission(number, body, may_operate), None).await;
        submitted.expect("accepted").accepted
    }

    /// Sets the title of a user.
    pub(crate) async fn title(&self, number: u32, title: &str) -> Accepted {
        self.patch(number, json!({ "title": title })).await
    }

    /// What has become of an update at route `a`.
    pub(crate) async fn status(&self, accepted: &Accepted) -> RouteStatus {
        let snapshot = self.store.user(&accepted.update.user).await.expect("readable").expect("known");
        let status = self.engine.status(&accepted.update, &snapshot.user, &snapshot.lanes);
        status.routes["a"].clone()
    }

    pub(crate) async fn lane(&self, number: u32) -> LaneRow {
        let snapshot = self.store.user(&user(number)).await.expect("readable").expect("known");
        snapshot.lanes[0].clone()
    }

    /// Lets virtual time pass until the update is applied at route `a`; answers when that was.
    pub(crate) async fn applied(&self, accepted: &Accepted, within: Duration) -> Duration {
        let deadline = self.elapsed() + within;
        while self.status(accepted).await.state != RouteState::Applied {
            assert!(
                self.elapsed() < deadline,
                "not applied within {within:?}: {:?}",
                self.status(accepted).await
            );
            sleep(Duration::from_millis(50)).await;
        }
        self.elapsed()
    }

    /// Lets virtual time pass.
    pub(crate) async fn pass(&self, time: Duration) {
        sleep(time).await;
    }
}

/// The route to a vendor that cannot clear anything, in the place of `a`.
pub(crate) fn stubborn(world: &World) -> Vec<Arc<Route>> {
    let mut routes = routes_to(&world.vendors, |_| {});
    let limits = routes[0].limits.clone();
    let transport = Arc::new(world.vendor().clone());
    routes[0] = Arc::new(Route { transport, limits, ..routes::stubborn("a") });
    routes
}

pub(crate) fn user(number: u32) -> UserId {
    format!("user-{number}").parse().expect("a user id")
}

pub(crate) fn routes_to(vendors: &[Vendor], adjust: Adjust) -> Vec<Arc<Route>> {
    let route = |(name, vendor): (&str, &Vendor)| {
        let mut route = Route { transport: Arc::new(vendor.clone()), ..routes::plain(name) };
        route.limits.rate = Rate::Unlimited;
        adjust(&mut route.limits);
        Arc::new(route)
    };
    ["a", "b", "c", "d"].into_iter().zip(vendors).map(route).collect()
}

/// Seconds, for short.
pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An update of a user, as a caller sends it.
pub(crate) fn submission(number: u32, body: &JsonValue, may_operate: bool) -> Submission {
    Submission {
        id: Uuid::now_v7(),
        user: user(number),
        patch: Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch"),
        precondition: Precondition::None,
        idempotency: None,
        caller: Actor("test".to_owned()),
        may_create: true,
        may_operate,
        trace: None,
    }
}
