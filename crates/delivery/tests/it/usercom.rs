//! The simulated User.com under virtual time, as one route `a`.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use adapter::{
    FieldOption, FieldOptions, Mapping, MappingOptions, ReadRequest, VendorRequest, VendorResponse,
};
use async_trait::async_trait;
use canonical::Leaf;
use delivery::{
    NoTelemetry, Preview, ProcessClock, Rate, Route, SeededJitter, SendError, SendErrorKind, Transport,
    drift::{Finding, VerifyOutcome},
    engine::{Engine, Hub, Parts},
    status::RouteStatus,
    store::{AcceptError, Accepted, LaneRow, Reads, Store},
};
use serde_json::{Value as JsonValue, json};
use testkit::{memory_store::MemoryStore, routes};
use tokio::time::{Instant, sleep};
use vendor_sim::{Call, Config, Core, Knobs, NothingToRemove, Received, Reply, Vendor, seed};

use crate::world::{submission, user};

/// The id of a person who exists.
pub(crate) const JANE: u32 = 19_678_376;
/// The id of another one.
pub(crate) const AMARA: u32 = 19_678_377;
/// Nobody's id.
pub(crate) const NOBODY: u32 = 4_711;

/// What is answered instead of the vendor's own answer.
#[derive(Debug, Clone)]
pub(crate) enum Lie {
    /// This; nothing is changed.
    Answer(u16, JsonValue),
    /// No answer in time; nothing is changed.
    Silence,
}

/// The simulated User.com, and the transport to it.
#[derive(Clone)]
pub(crate) struct UserCom(Arc<Mutex<Inner>>, Instant);

struct Inner {
    core: Core,
    lines: Vec<String>,
    about_removals: VecDeque<Lie>,
    about_reads: VecDeque<Lie>,
    reads_nothing: bool,
}

impl UserCom {
    fn new(nothing: NothingToRemove) -> Self {
        let mut knobs = Knobs::default();
        knobs.usercom.nothing_to_remove = nothing;
        let config = Config { users: seed::demo_users(), knobs, ..Config::new(Vendor::UserCom) };
        let inner = Inner {
            core: Core::new(&config),
            lines: Vec::new(),
            about_removals: VecDeque::new(),
            about_reads: VecDeque::new(),
            reads_nothing: false,
        };
        Self(Arc::new(Mutex::new(inner)), Instant::now())
    }

    /// The answers to the next removals.
    pub(crate) fn removals_answer(&self, lies: impl IntoIterator<Item = Lie>) {
        self.lock().about_removals.extend(lies);
    }

    /// The answers to the next questions.
    pub(crate) fn reads_answer(&self, lies: impl IntoIterator<Item = Lie>) {
        self.lock().about_reads.extend(lies);
    }

    /// From now on nobody can read.
    pub(crate) fn reads_nothing(&self) {
        self.lock().reads_nothing = true;
    }

    /// Method and last segment of everything that arrived, oldest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    /// The tags that somebody has.
    pub(crate) fn tags(&self, id: u32) -> JsonValue {
        self.lock().core.state().users[&id.to_string()]["tags"].clone()
    }

    /// A field of somebody's record.
    pub(crate) fn field(&self, id: u32, name: &str) -> JsonValue {
        self.lock().core.state().users[&id.to_string()][name].clone()
    }

    /// Changes somebody behind the gateway's back.
    pub(crate) fn edit(&self, id: u32, fields: &JsonValue) {
        let fields = fields.as_object().cloned().expect("an object");
        assert!(self.lock().core.edit_user(&id.to_string(), fields));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, method: &str, segments: &[String], body: Vec<u8>) -> Reply {
        let headers = [
            ("accept", "*/*; version=2"),
            ("authorization", "Token sim-usercom-key"),
            ("content-type", "application/json"),
        ];
        let call = Call {
            method: method.to_owned(),
            target: format!("/{}/", segments.join("/")),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body,
        };
        let now = u64::try_from(self.1.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.lock().core.receive(&call, now) {
            Received::Answered(reply) => reply,
            Received::Faulty { .. } => panic!("no fault is planned"),
        }
    }

    async fn answered(lie: Lie) -> Result<VendorResponse, SendError> {
        match lie {
            Lie::Answer(status, body) => Ok(VendorResponse {
                status,
                headers: Vec::new(),
                body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            }),
            Lie::Silence => {
                sleep(Duration::from_secs(15)).await;
                Err(SendError { kind: SendErrorKind::Timeout, detail: "no answer in time".to_owned() })
            }
        }
    }
}

#[async_trait]
impl Transport for UserCom {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        let last = request.path.segments.last().cloned().unwrap_or_default();
        self.lock().lines.push(format!("{} {last}", request.method.as_str()));
        let lie = match last.starts_with("remove_") {
            true => self.lock().about_removals.pop_front(),
            false => None,
        };
        if let Some(lie) = lie {
            return Self::answered(lie).await;
        }
        let reply = self.receive(request.method.as_str(), &request.path.segments, request.body_bytes());
        Ok(VendorResponse { status: reply.status, headers: reply.headers, body: reply.body })
    }

    async fn read(&self, request: &ReadRequest) -> Result<VendorResponse, SendError> {
        if self.lock().reads_nothing {
            return Err(SendError { kind: SendErrorKind::Refused, detail: "it reads nothing".to_owned() });
        }
        self.lock().lines.push("GET".to_owned());
        let lie = self.lock().about_reads.pop_front();
        if let Some(lie) = lie {
            return Self::answered(lie).await;
        }
        let reply = self.receive("GET", &request.path.segments, Vec::new());
        Ok(VendorResponse { status: reply.status, headers: reply.headers, body: reply.body })
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        let (url, headers, body) = (String::new(), Vec::new(), request.body_bytes());
        Preview { method: request.method.as_str(), url, headers, body }
    }
}

impl fmt::Debug for UserCom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCom")
    }
}

/// An engine with one route to the simulated User.com.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) vendor: UserCom,
    store: Arc<MemoryStore>,
}

impl World {
    pub(crate) async fn new(nothing: NothingToRemove) -> Self {
        Self::with_rate(nothing, Rate::Unlimited).await
    }

    pub(crate) async fn with_rate(nothing: NothingToRemove, rate: Rate) -> Self {
        let tier = FieldOptions { to: Some("my_string_attr".to_owned()), ..FieldOptions::default() };
        let fields = BTreeMap::from([("custom.tier".parse().expect("a leaf"), FieldOption::On(tier))]);
        let options = MappingOptions { fields, ..MappingOptions::default() };
        Self::with(nothing, rate, &options).await
    }

    /// A world with this mapping.
    pub(crate) async fn mapped(options: &MappingOptions) -> Self {
        Self::with(NothingToRemove::Done, Rate::Unlimited, options).await
    }

    async fn with(nothing: NothingToRemove, rate: Rate, options: &MappingOptions) -> Self {
        let hub = Hub::new();
        let store = Arc::new(MemoryStore::new(hub.clone()));
        let vendor = UserCom::new(nothing);
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            hub,
            clock: Arc::new(ProcessClock::start()),
            jitter: Arc::new(SeededJitter::new(7)),
            telemetry: Arc::new(NoTelemetry),
        };
        let engine =
            Engine::start(parts, vec![Arc::new(route(&vendor, rate, options))], false).await.expect("starts");
        Self { engine, vendor, store }
    }

    /// Sends a change about user `number`, whom the vendor knows under `id`.
    pub(crate) async fn patch(&self, number: u32, id: u32, change: JsonValue) -> Accepted {
        self.try_patch(number, id, change).await.expect("accepted")
    }

    pub(crate) async fn try_patch(
        &self,
        number: u32,
        id: u32,
        change: JsonValue,
    ) -> Result<Accepted, AcceptError> {
        let mut body = change;
        body["identities"] = json!({ "a": id });
        let submitted = self.engine.submit(submission(number, &body, true), None).await;
        submitted.map(|submitted| submitted.accepted)
    }

    /// From now on the route has this mapping, of this revision.
    pub(crate) async fn remap(&self, options: &MappingOptions, mapping_revision: u64) {
        let route = Route { mapping_revision, ..route(&self.vendor, Rate::Unlimited, options) };
        self.engine.reload(vec![Arc::new(route)], false).await.expect("reloaded");
    }

    /// What is found of a leaf of user `number`.
    pub(crate) async fn found(&self, number: u32, leaf: &str) -> Option<Finding> {
        let verified =
            self.engine.verify(vec![user(number)], None, Duration::from_secs(60)).await.expect("stored");
        match &verified.results[0].outcome {
            VerifyOutcome::Compared(findings) => {
                findings.get(&leaf.parse::<Leaf>().expect("a leaf")).copied()
            }
            _ => None,
        }
    }

    pub(crate) async fn status(&self, accepted: &Accepted) -> RouteStatus {
        let snapshot = self.store.user(&accepted.update.user).await.expect("readable").expect("known");
        let status = self.engine.status(&accepted.update, &snapshot.user, &snapshot.lanes);
        status.routes["a"].clone()
    }

    pub(crate) async fn lane(&self, number: u32) -> LaneRow {
        let snapshot = self.store.user(&user(number)).await.expect("readable").expect("known");
        snapshot.lanes[0].clone()
    }
}

fn route(vendor: &UserCom, rate: Rate, options: &MappingOptions) -> Route {
    let adapter = adapter_usercom::Adapter::new(adapter_usercom::Options);
    let dialect = &adapter_usercom::DIALECT;
    let mut route = Route {
        adapter: Arc::new(adapter),
        mapping: Mapping::new(dialect, options).expect("a mapping"),
        subject_kind: &dialect.subjects[0],
        transport: Arc::new(vendor.clone()),
        ..routes::plain("a")
    };
    route.limits.rate = rate;
    route
}
