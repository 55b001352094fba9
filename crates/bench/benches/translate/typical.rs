//! A typical update: a new phone number, title and given name of a person whom all four vendors know.

use std::{hint::black_box, sync::Arc, time::Duration};

use adapter::{Adapter, FieldOption, FieldOptions, Mapping, MappingOptions, VendorResponse};
use canonical::{Leaf, Patch, Rules, UserId};
use delivery::{
    Enrol, Limits, Rate, Route, RouteSet,
    lane::{Outcome, Priority, Settle},
    planner,
    store::{
        Accept, Accepted, Actor, LaneRow, Lanes, Observer, Precondition, RouteRegistration, Settlement, Work,
    },
};
use testkit::{memory_store::MemoryStore, routes::NoTransport};
use uuid::Uuid;

const INTRODUCTION: &str = r#"{"given_name":"Ada","family_name":"Lovelace","email":"ada.lovelace@example.org",
    "phone_number":"+14165551234","title":"Analyst",
    "identities":{"communal":89,"communifire":12,"usercom":4711,"village":"ada.lovelace@example.org"}}"#;

const CHANGE: &str = r#"{"given_name":"Augusta","phone_number":"+14165559876","title":"Coach"}"#;

/// Something to measure.
pub(crate) struct Job {
    /// `vendor/request` or `vendor/answer`.
    pub(crate) name: String,
    /// Does it once.
    pub(crate) run: Box<dyn Fn()>,
}

/// Reading a caller's body strictly, up to the changes of single fields.
pub(crate) fn patch() -> Job {
    let rules = Rules::default();
    let run = move || {
        black_box(Patch::parse(black_box(CHANGE.as_bytes()), &rules)).expect("a valid change");
    };
    Job { name: "patch".to_owned(), run: Box::new(run) }
}

/// For each vendor the way there and the way back.
pub(crate) fn jobs() -> Vec<Job> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (routes, work) = runtime.block_on(owed());
    work.into_iter()
        .flat_map(|work| {
            let route = Arc::clone(routes.get(work.route).expect("a route of ours"));
            both_ways(&route, work)
        })
        .collect()
}

fn both_ways(route: &Arc<Route>, work: Work) -> [Job; 2] {
    let (requests, _) = planner::build(route, &work.profile, &work.claim).expect("a valid update");
    let sent = requests.into_iter().next().expect("a request");
    let answer = answer(&route.name);
    route.adapter.parse_response(&sent, &answer).expect("a success");
    let (there, back) = (Arc::clone(route), Arc::clone(route));
    let request = move || {
        let built = planner::build(black_box(&there), &work.profile, &work.claim);
        let (requests, sent) = built.expect("a valid update");
        requests.iter().for_each(|request| drop(black_box(request.body_bytes())));
        black_box(sent);
    };
    let answer = move || {
        black_box(back.adapter.parse_response(black_box(&sent), &answer)).expect("a success");
    };
    [
        Job { name: format!("{}/request", route.name), run: Box::new(request) },
        Job { name: format!("{}/answer", route.name), run: Box::new(answer) },
    ]
}

/// What a vendor answers to a success.
fn answer(vendor: &str) -> VendorResponse {
    let body = match vendor {
        "communal" => {
            r#"{"id":89,"first_name":"Augusta","last_name":"Lovelace","email":"ada.lovelace@example.org","telephone":"+14165559876"}"#
        }
        "communifire" => r#"{"IsError":false,"ResponseMessage":"","ResponseData":12}"#,
        "usercom" => r#"{"id":4711,"name":"Augusta Lovelace","phone_number":"+14165559876"}"#,
        _ => r#"{"success":true}"#,
    };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    VendorResponse { status: 200, headers, body: body.as_bytes().to_vec() }
}

/// What every vendor is owed after the change, as a claim hands it to the adapter.
async fn owed() -> (Arc<RouteSet>, Vec<Work>) {
    let store = MemoryStore::new(Arc::new(Nobody));
    let routes = [
        route("communal", Arc::new(adapter_communal::Adapter::new(Default::default()))),
        route("communifire", Arc::new(adapter_communifire::Adapter::new(Default::default()))),
        route("usercom", Arc::new(adapter_usercom::Adapter::new(adapter_usercom::Options))),
        route("village", Arc::new(adapter_village::Adapter::new(village()))),
    ];
    let registered =
        store.register_routes(routes.iter().map(RouteRegistration::of).collect()).await.expect("new routes");
    let ids = registered.into_iter().map(|route| route.id);
    let routes = Arc::new(RouteSet::new(ids.zip(routes.map(Arc::new))));
    for work in accept(&store, &routes, INTRODUCTION).await.work {
        settle(&store, &routes, &work).await;
    }
    let work = accept(&store, &routes, CHANGE).await.work;
    assert_eq!(work.len(), 4, "every vendor is owed something");
    (routes, work)
}

fn village() -> adapter_village::Options {
    adapter_village::Options { network_id: "n1".to_owned() }
}

async fn accept(store: &MemoryStore, routes: &Arc<RouteSet>, json: &str) -> Accepted {
    let user: UserId = "crm-42".parse().expect("a valid id");
    let accept = Accept {
        id: Uuid::now_v7(),
        user,
        patch: Patch::parse(json.as_bytes(), &Rules::default()).expect("a valid change"),
        precondition: Precondition::None,
        idempotency: None,
        caller: Actor("crm".to_owned()),
        may_create: true,
        may_operate: false,
        trace: None,
        routes: Arc::clone(routes),
        grants: routes.iter().map(|(id, _)| id).collect(),
        priority: Priority::Interactive,
        now: 1_000,
    };
    store.accept(accept).await.expect("accepted")
}

async fn settle(store: &MemoryStore, routes: &RouteSet, work: &Work) {
    let route = Arc::clone(routes.get(work.route).expect("a route of ours"));
    let (_, sent) = planner::build(&route, &work.profile, &work.claim).expect("a valid update");
    let outcome = Outcome::Ok { witness: None, unverified: Vec::new() };
    let epoch = work.claim.epoch;
    let settle = Settle { epoch, started_at: 1_000, sent, is_partly_applied: false, outcome };
    let settlement = Settlement { lane: work.lane, route, settle, attempt: None, now: 1_000 };
    store.settle(settlement).await.expect("settled");
}

fn route(name: &str, adapter: Arc<dyn Adapter>) -> Route {
    let dialect = adapter.dialect();
    Route {
        name: name.to_owned(),
        mapping: Mapping::new(dialect, &options(name)).expect("a valid mapping"),
        adapter,
        subject_kind: &dialect.subjects[0],
        enrol: Enrol::Identity,
        when: None,
        limits: Limits {
            concurrency: 16,
            rate: Rate::Unlimited,
            rate_key: name.to_owned(),
            timeout: Duration::from_secs(15),
            settle: Duration::from_secs(60),
            apply_window: None,
        },
        origin: format!("https://{name}.test"),
        mapping_revision: 1,
        transport: Arc::new(NoTransport),
    }
}

/// User.com has a job title as an attribute of the tenant's own.
fn options(name: &str) -> MappingOptions {
    let mut options = MappingOptions::default();
    if name == "usercom" {
        let to = FieldOptions { to: Some("job_title".to_owned()), ..FieldOptions::default() };
        options.fields.insert(Leaf::Title, FieldOption::On(to));
    }
    options
}

#[derive(Debug)]
struct Nobody;

impl Observer for Nobody {
    fn committed(&self, _: &[(UserId, LaneRow)]) {}
}
