use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use vendor_sim::seed;
use vendor_sim::{
    Call, Config, Core, Credential, Exchange, Fault, FaultRule, RateLimit, Received, Simulator, Simulators,
    Vendor,
};

use crate::client::{BOUND, JANE, ask, field, headers, kinds, put_jane, read, start, start_with, write};

#[test]
fn an_exchange_is_kept_as_received_and_without_the_key() {
    let sim = start(Vendor::Communal);
    ask(&sim, "PUT /api/users/89?x=%2F", JANE);
    let exchange = &sim.control().history()[0];
    assert_eq!(
        (exchange.seq, exchange.method.as_str(), exchange.target.as_str()),
        (1, "PUT", "/api/users/89?x=%2F")
    );
    assert_eq!(exchange.body.0, JANE.as_bytes());
    assert_eq!((exchange.subject.as_deref(), exchange.status), (Some("89"), Some(200)));
    assert_eq!((exchange.credential, exchange.applied[0].order), (Credential::Right, 1));
    assert!(exchange.ended_us >= Some(exchange.started_us));
    assert!(exchange.headers.contains(&("authorization".to_owned(), "Bearer <right>".to_owned())));
    assert!(!format!("{:?}", exchange.headers).contains("sim-communal-key"));
}

#[test]
fn the_history_is_bounded_and_counts_what_it_dropped() {
    let sim = Simulator::start(Config { history_cap: 3, ..Config::new(Vendor::Communal) }).unwrap();
    for _ in 0..5 {
        put_jane(&sim);
    }
    let seqs: Vec<_> = sim.control().history().iter().map(|exchange| exchange.seq).collect();
    assert_eq!(seqs, [3, 4, 5]);
    assert_eq!(sim.control().history_after(4).len(), 1);
    assert_eq!((sim.control().state().dropped, sim.control().requests()), (2, 5));
}

#[test]
fn two_open_requests_for_one_subject_are_an_overlap_and_two_in_a_row_are_not() {
    let sim = start(Vendor::Communal);
    put_jane(&sim);
    put_jane(&sim);
    assert!(sim.control().overlaps().is_empty());
    sim.control().add_fault(FaultRule::once(Fault::hang()));
    let held = write(&sim, "PUT /api/users/89", &headers(Vendor::Communal), JANE).unwrap();
    assert!(sim.control().wait_for_requests(3, BOUND));
    ask(&sim, "GET /api/users/90", "");
    put_jane(&sim);
    assert_eq!(sim.control().overlaps(), [("89".to_owned(), 1)].into());
    drop(held);
    assert!(sim.control().wait_until(BOUND, |core| core.history_after(2)[0].ended_us.is_some()));
    put_jane(&sim);
    assert_eq!(sim.control().overlaps(), [("89".to_owned(), 1)].into());
}

#[test]
fn requests_above_the_rate_get_429_with_a_delay() {
    let limit = RateLimit { per_second: 0.01, burst: 2 };
    let sim = start_with(Vendor::Communal, |knobs| knobs.rate_limit = Some(limit));
    let statuses: Vec<_> = (0..3).map(|_| put_jane(&sim).status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    let wait: u64 = put_jane(&sim).header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!((90..=100).contains(&wait), "{wait}");
}

#[test]
fn the_control_over_http_does_what_the_handle_does() {
    let sim = start(Vendor::Communal);
    let rule = json!({ "subject": "89", "times": 1, "fault": { "apply": "never", "answer": { "kind": "status", "status": 503, "retry_after": [{ "seconds": 9 }] } } });
    assert_eq!(ask(&sim, "POST /_sim/faults", &rule.to_string()).json(), json!({ "ids": [1] }));
    let answer = put_jane(&sim);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("9")));
    assert_eq!(ask(&sim, "GET /_sim/faults", "").json()[0]["fired"], 1);
    assert_eq!(ask(&sim, "DELETE /_sim/faults", "").status, 200);
    assert_eq!(ask(&sim, "GET /_sim/faults", "").json(), json!([]));
    put_jane(&sim);
    ask(&sim, "PUT /api/users/999", JANE);
    let history = ask(&sim, "GET /_sim/history?after=1", "").json();
    let history: Vec<Exchange> = serde_json::from_value(history).unwrap();
    assert_eq!(history, sim.control().history_after(1));
    assert_eq!(
        ask(&sim, "GET /_sim/violations", "").json(),
        json!([{ "seq": 3, "kind": "unknown_subject" }])
    );
    let state = ask(&sim, "GET /_sim/state", "").json();
    assert_eq!((&state["requests"], &state["users"]["89"]["last_name"]), (&json!(3), &json!("Roe")));
}

#[test]
fn a_bad_request_to_the_control_is_explained() {
    let sim = start(Vendor::Communal);
    for (line, body) in [
        ("POST /_sim/faults", r#"{"fault":{"apply":"sometimes"}}"#),
        ("POST /_sim/faults", "{"),
        ("PUT /_sim/knobs", r#"{"unknown":1}"#),
        ("GET /_sim/history?after=x", ""),
    ] {
        let answer = ask(&sim, line, body);
        assert_eq!(answer.status, 400, "{line}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(ask(&sim, "GET /_sim/nothing", "").status, 404);
    assert_eq!(sim.control().requests(), 0, "the control is not part of the history");
}

#[test]
fn people_and_knobs_can_be_set_over_http() {
    let sim = start(Vendor::Village);
    let people = serde_json::to_string(&seed::many(2)).unwrap();
    assert_eq!(ask(&sim, "POST /_sim/users", &people).status, 200);
    assert_eq!(field(&sim, "user-1@example.com", "first_name"), "Load");
    let knobs = ask(&sim, "PUT /_sim/knobs", r#"{"village":{"answer":"no_content"}}"#).json();
    assert_eq!(knobs["village"]["answer"], "no_content");
    assert_eq!(ask(&sim, "PATCH /networks/sim-network/users/user-1@example.com", "{}").status, 204);
    assert_eq!(ask(&sim, "PUT /_sim/knobs", r#"{"village":{"answer":{"queued":3}}}"#).status, 200);
}

#[test]
fn a_vendor_that_is_down_answers_nothing_and_remembers_nothing() {
    let sim = start(Vendor::Communal);
    assert_eq!(ask(&sim, "POST /_sim/pause", "").status, 200);
    assert!(read(write(&sim, "PUT /api/users/89", &headers(Vendor::Communal), JANE).unwrap()).is_err());
    let state = sim.control().state();
    assert_eq!((state.requests, state.refused, state.down), (0, 1, true));
    assert_eq!(ask(&sim, "POST /_sim/resume", "").status, 200);
    assert_eq!(put_jane(&sim).status, 200);
}

#[test]
fn a_host_that_is_down_refuses_connections_and_comes_back_with_its_data() {
    let mut sim = start(Vendor::Communal);
    put_jane(&sim);
    sim.refuse_connections();
    assert!(TcpStream::connect(sim.address()).is_err());
    sim.accept_connections().unwrap();
    assert_eq!(ask(&sim, "GET /api/users/89", "").json()["last_name"], "Roe");
    assert_eq!(sim.control().requests(), 2);
}

#[test]
fn editing_behind_the_api_changes_what_it_answers() {
    let sim = start(Vendor::Communal);
    let fields = [("telephone".to_owned(), Value::from("1"))].into_iter().collect();
    assert!(sim.control().edit_user("89", fields));
    assert_eq!(ask(&sim, "GET /api/users/89", "").json()["telephone"], "1");
    assert!(!sim.control().edit_user("0", serde_json::Map::new()));
}

#[test]
fn the_same_seed_and_requests_give_the_same_answers() {
    let run = |seed| {
        let sim = Simulator::start(Config { seed, ..Config::new(Vendor::Communal) }).unwrap();
        sim.control().add_fault(FaultRule::always(Fault::status(500)).with_probability(0.5));
        let answers: Vec<_> =
            (0..40).map(|_| put_jane(&sim)).map(|answer| (answer.status, answer.body)).collect();
        (answers, sim.control().state().users)
    };
    assert!(run(3) == run(3), "a seed repeats a run byte by byte");
    assert!(run(3) != run(4), "another seed decides otherwise");
}

#[test]
fn all_four_know_the_demo_people() {
    let all = Simulators::start_all(|config| config.seed = 9).unwrap();
    for person in seed::demo_users() {
        assert!(all.communal.control().user(&person.communal_id.to_string()).is_some());
        assert!(all.communifire.control().user(&person.communifire_id.to_string()).is_some());
        assert!(all.usercom.control().user(&person.usercom_id.to_string()).is_some());
        assert!(all.village.control().user(&person.email).is_some());
    }
    assert!(Vendor::ALL.iter().all(|vendor| all.get(*vendor).vendor() == *vendor));
}

#[test]
fn a_simulator_can_be_started_inside_a_tokio_program() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sim = start(Vendor::Communal);
        let answer = tokio::task::spawn_blocking(move || (put_jane(&sim).status, sim)).await.unwrap();
        assert_eq!(answer.0, 200);
    });
}

#[test]
fn a_taken_address_is_an_error() {
    let sim = start(Vendor::Communal);
    let taken = Config { listen: sim.address(), ..Config::new(Vendor::Village) };
    let error = Simulator::start(taken).err().expect("the address is taken");
    assert!(error.to_string().starts_with("the village simulator cannot listen on 127.0.0.1:"));
}

#[test]
fn waiting_gives_up_at_its_bound() {
    let sim = start(Vendor::Communal);
    assert!(!sim.control().wait_for_requests(1, Duration::from_millis(20)));
    assert_eq!(kinds(&sim), []);
}

#[test]
fn the_core_runs_in_virtual_time_without_a_network() {
    let mut config = Config::new(Vendor::Communal);
    config.knobs.rate_limit = Some(RateLimit { per_second: 1.0, burst: 1 });
    let mut core = Core::new(&config);
    let lines = headers(Vendor::Communal).into_iter();
    let call = Call {
        method: "PUT".to_owned(),
        target: "/api/users/89".to_owned(),
        headers: lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
        body: JANE.as_bytes().to_vec(),
    };
    let mut status_at = |now_us| match core.receive(&call, now_us) {
        Received::Answered(reply) => reply.status,
        Received::Faulty { .. } => 0,
    };
    let statuses = [0, 500_000, 1_000_000, 10_000_000].map(&mut status_at);
    assert_eq!(statuses, [200, 429, 200, 200]);
    assert_eq!(core.history_after(3)[0].started_us, 10_000_000);
    assert_eq!(core.violations(), []);
}
