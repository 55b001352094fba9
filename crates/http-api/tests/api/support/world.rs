use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App,
    http::header::HeaderValue,
    middleware::from_fn,
    test::{self, TestRequest},
    web::{self, Data},
};
use adapter::{Adapter, Mapping, MappingOptions, SubjectKind};
use arc_swap::ArcSwap;
use delivery::{
    Attempted, Enrol, Limits, Matcher, ProcessClock, Rate, Route, SeededJitter, Telemetry,
    engine::{Engine, Hub, Parts},
};
use http_api::{callers, metrics::Metrics, operators};
use testkit::memory_store::MemoryStore;
use tokio_util::sync::CancellationToken;

use super::{Answer, Vendor, capture, keys};

/// A gateway with a route to each vendor.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) communal: Arc<Vendor>,
    pub(crate) village: Arc<Vendor>,
    pub(crate) usercom: Arc<Vendor>,
    pub(crate) communifire: Arc<Vendor>,
    pub(crate) api: Data<callers::State>,
    pub(crate) operator: Data<operators::State>,
    pub(crate) reloader: Arc<AskingReloader>,
}

/// A reload that only asks to be confirmed.
#[derive(Debug, Default)]
pub(crate) struct AskingReloader {
    /// Whether the next difference that is asked for makes it panic.
    pub(crate) panics: AtomicBool,
}

#[async_trait::async_trait]
impl operators::Reloader for AskingReloader {
    async fn difference(&self) -> Result<operators::ReloadReport, String> {
        assert!(!self.panics.swap(false, Ordering::SeqCst), "canary-panic");
        let changes = vec!["route village: another rate".to_owned()];
        Ok(operators::ReloadReport {
            changes,
            to_confirm: Some("route village owes something".to_owned()),
            ..operators::ReloadReport::default()
        })
    }

    async fn reload(&self, confirm: bool) -> Result<operators::ReloadReport, String> {
        match confirm {
            true => Ok(operators::ReloadReport { to_confirm: None, ..self.difference().await? }),
            false => Err("route village owes something; confirm".to_owned()),
        }
    }

    async fn configured(&self) -> Vec<gateway_config::RouteConfig> {
        Vec::new()
    }
}

/// What an application answers; a macro, because its type cannot be written down.
macro_rules! answer {
    ($request:expr, $configure:expr) => {{
        let app = test::init_service(App::new().wrap(from_fn(callers::observe)).configure($configure)).await;
        match test::try_call_service(&app, $request.to_request()).await {
            Ok(response) => Answer::of(response.map_into_boxed_body().into_parts().1).await,
            Err(error) => Answer::of(error.error_response()).await,
        }
    }};
}

/// Tells metrics and pages, as a gateway does.
#[derive(Debug)]
struct Observers(Arc<Metrics>, Arc<operators::Board>);

impl Telemetry for Observers {
    fn accepted(&self, took: Duration) {
        self.0.accepted(took);
    }

    fn attempted(&self, attempt: &Attempted<'_>) {
        self.0.attempted(attempt);
        self.1.attempted(attempt);
    }
}

impl World {
    /// `communal_main` and `communifire` know users by an id, `usercom` by a custom id, `village` every user by the e-mail
    /// address.
    pub(crate) async fn new() -> Self {
        capture::install();
        let hub = Hub::new();
        let store = Arc::new(MemoryStore::new(hub.clone()));
        let [communal, village, usercom, communifire] = [
            Vendor::new(adapter_communal::DIALECT.auth[0], ""),
            Vendor::new(adapter_village::DIALECT.auth[0], ""),
            Vendor::new(adapter_usercom::DIALECT.auth[0], r#"{"id":5}"#),
            Vendor::new(
                adapter_communifire::DIALECT.auth[0],
                r#"{"IsError":false,"ResponseMessage":"","ResponseData":12}"#,
            ),
        ];
        let routes = vec![
            route(
                "communal_main",
                Arc::new(adapter_communal::Adapter::new(adapter_communal::Options::default())),
                &adapter_communal::DIALECT.subjects[0],
                Enrol::Identity,
                &communal,
            ),
            route(
                "village",
                Arc::new(adapter_village::Adapter::new(adapter_village::Options {
                    network_id: "n1".to_owned(),
                })),
                &adapter_village::DIALECT.subjects[0],
                Enrol::Email,
                &village,
            ),
            route(
                "usercom",
                Arc::new(adapter_usercom::Adapter::new(adapter_usercom::Options)),
                adapter_usercom::DIALECT.subject("custom_id").expect("a kind"),
                Enrol::Identity,
                &usercom,
            ),
            route(
                "communifire",
                Arc::new(adapter_communifire::Adapter::new(adapter_communifire::Options::default())),
                &adapter_communifire::DIALECT.subjects[0],
                Enrol::Identity,
                &communifire,
            ),
        ];
        let metrics = Arc::new(Metrics::default());
        let clock = Arc::new(ProcessClock::start());
        let board = Arc::new(operators::Board::new(Arc::clone(&clock) as _));
        let parts = Parts {
            store: store.clone(),
            hub,
            clock: Arc::clone(&clock) as _,
            jitter: Arc::new(SeededJitter::new(1)),
            telemetry: Arc::new(Observers(Arc::clone(&metrics), Arc::clone(&board))),
        };
        let engine = Engine::start(parts, routes, false).await.expect("an engine");
        let keys = Arc::new(ArcSwap::from_pointee(keys::keys()));
        let settings =
            callers::Settings { body_timeout: Duration::from_millis(500), ..callers::Settings::default() };
        let settings = Arc::new(ArcSwap::from_pointee(settings));
        let api = Data::new(callers::State {
            engine: engine.clone(),
            keys: Arc::clone(&keys),
            settings: Arc::clone(&settings),
            vendors: vec![&adapter_communal::DIALECT, &adapter_village::DIALECT],
            metrics: Arc::clone(&metrics),
            traces: None,
        });
        let reloader = Arc::new(AskingReloader::default());
        let operator = Data::new(operators::State {
            engine: engine.clone(),
            keys,
            metrics,
            files: None,
            reloader: Arc::clone(&reloader) as _,
            stopping: CancellationToken::new(),
            pages: operators::Pages::new(board, Vec::new(), settings),
        });
        Self { engine, store, communal, village, usercom, communifire, api, operator, reloader }
    }

    /// Sends a request to the callers' API.
    pub(crate) async fn call(&self, request: TestRequest) -> Answer {
        answer!(request, |config: &mut web::ServiceConfig| callers::configure(self.api.clone(), config))
    }

    /// Sends a request to the operators' API.
    pub(crate) async fn operate(&self, request: TestRequest) -> Answer {
        answer!(request, |config: &mut web::ServiceConfig| operators::configure(
            self.operator.clone(),
            config
        ))
    }

    /// Sends a change and waits until no route is pending.
    pub(crate) async fn change(&self, user: &str, body: impl Into<Vec<u8>>) -> Answer {
        let wait = ("Prefer", HeaderValue::from_static("wait=20"));
        self.call(patch(&format!("/v1/users/{user}"), super::ALL, body).insert_header(wait)).await
    }

    /// Sends a change that must be accepted and delivered, and answers the update.
    pub(crate) async fn delivered(&self, user: &str, body: &str) -> serde_json::Value {
        let answer = self.change(user, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Waits until the engine has nothing to do.
    pub(crate) async fn rest(&self) {
        // One thread runs everything, so that others run while this one stands back.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }

    /// Reloads with another mapping or another filter of one route.
    pub(crate) async fn remap(&self, name: &str, options: &MappingOptions, when: Option<Arc<dyn Matcher>>) {
        let routes = self.engine.routes();
        let changed = |old: &Arc<Route>| {
            if old.name != name {
                return Arc::clone(old);
            }
            Arc::new(Route {
                name: old.name.clone(),
                adapter: Arc::clone(&old.adapter),
                mapping: Mapping::new(old.adapter.dialect(), options).expect("a mapping"),
                subject_kind: old.subject_kind,
                enrol: old.enrol,
                when: when.clone(),
                limits: old.limits.clone(),
                origin: old.origin.clone(),
                mapping_revision: old.mapping_revision + 1,
                transport: Arc::clone(&old.transport),
            })
        };
        let routes = routes.iter().map(|(_, route)| changed(route)).collect();
        self.engine.reload(routes, false).await.expect("reloaded");
    }

    /// How many requests all vendors got.
    pub(crate) fn requests(&self) -> usize {
        let vendors = [&self.communal, &self.village, &self.usercom, &self.communifire];
        vendors.iter().map(|vendor| vendor.sent().len()).sum()
    }

    /// Whether the gateway knows the user.
    pub(crate) async fn knows(&self, user: &str) -> bool {
        let id = user.parse().expect("an id");
        self.engine.store().user(&id).await.expect("a store").is_some()
    }
}

fn route(
    name: &str,
    adapter: Arc<dyn Adapter>,
    subject_kind: &'static SubjectKind,
    enrol: Enrol,
    vendor: &Arc<Vendor>,
) -> Arc<Route> {
    let mapping = Mapping::new(adapter.dialect(), &MappingOptions::default()).expect("a mapping");
    Arc::new(Route {
        name: name.to_owned(),
        adapter,
        mapping,
        subject_kind,
        enrol,
        when: None,
        limits: Limits {
            concurrency: 16,
            rate: Rate::Unlimited,
            rate_key: name.to_owned(),
            timeout: Duration::from_secs(15),
            settle: Duration::from_secs(60),
            apply_window: None,
        },
        origin: "http://127.0.0.1:9".to_owned(),
        mapping_revision: 1,
        transport: vendor.clone(),
    })
}

fn with_key(request: TestRequest, path: &str, key: &str) -> TestRequest {
    request.uri(path).insert_header(("Authorization", format!("Bearer {key}")))
}

pub(crate) fn patch(path: &str, key: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    with_key(TestRequest::patch(), path, key)
        .insert_header(("Content-Type", "application/merge-patch+json"))
        .set_payload(body.into())
}

pub(crate) fn post(path: &str, key: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    with_key(TestRequest::post(), path, key)
        .insert_header(("Content-Type", "application/merge-patch+json"))
        .set_payload(body.into())
}

pub(crate) fn get(path: &str, key: &str) -> TestRequest {
    with_key(TestRequest::get(), path, key)
}
