use std::fs;

use e2e::{Vendor, World, request};
use serde_json::json;
use vendor_sim::{Fault, FaultRule};

use super::planted::{assert_nothing_of, everything, person, secrets, values, world};

#[test]
fn no_value_and_no_secret_is_in_the_log_or_the_metrics() {
    look_into_the_log("json");
}

#[test]
fn no_value_and_no_secret_is_in_a_log_for_people() {
    look_into_the_log("text");
}

fn look_into_the_log(format: &'static str) {
    let mut world = world();
    world.settings.log_level = "trace";
    world.settings.log_format = format;
    let gateway = world.start();
    let (api, operator, person) = (gateway.api(), gateway.operator(), person());
    world.introduce(&api, &person);
    api.patch_through(&person.id, &everything());
    provoke(&mut world, &api, &person);
    let anonymous = request(operator.address(), "GET", "/metrics", &[], b"").expect("an answer");
    let metrics = anonymous.expect(200).text();
    for path in ["/v1/lanes", "/v1/routes", "/v1/audit"] {
        operator.get(path).expect(200);
    }
    api.erase(&person.id).expect(200);
    gateway.stop();
    let log = fs::read_to_string(world.path("log")).expect("a log");
    assert!(log.contains("DEBUG"), "the log is not as loud as it could be");
    assert_eq!(log.lines().all(|line| line.starts_with('{')), format == "json", "{format}");
    let planted = [values(), secrets(&world)].concat();
    assert_nothing_of(&planted, "the metrics", &metrics);
    assert_nothing_of(&planted, "the log", &log);
}

/// What fails says more than what works: vendors that repeat what they were sent, bad bodies, bad keys.
fn provoke(world: &mut World, api: &e2e::Client, person: &e2e::Person) {
    let path = format!("/v1/users/{}", person.id);
    let answer =
        r#"{"message":"Zqxwords +14165550177","errors":{"email":["zqxother@example.com has been taken"]}}"#;
    let refusal = Fault::respond(422, &[("content-type", "application/json")], answer);
    world.vendor(Vendor::Communal).add_fault(FaultRule::once(refusal));
    world
        .vendor(Vendor::Communifire)
        .add_fault(FaultRule::once(Fault::is_error("Zqxwords about zqxmail@example.com")));
    let page = Fault::respond(
        200,
        &[("content-type", "text/html"), ("location", "https://zqxhost.example/")],
        "<p>Zqx",
    );
    world.vendor(Vendor::UserCom).add_fault(FaultRule::once(page));
    world.simulators.village.refuse_connections();
    let failing = json!({ "email": "zqxmail2@example.com", "given_name": "Zqxagain" });
    let update = api.patch(&person.id, &[("Idempotency-Key", "k-1")], &failing).expect(202).json();
    api.wait_for_state(&update["id"], "communal", "held");
    api.wait_for_state(&update["id"], "communifire", "applied");
    e2e::eventually("Village was tried", || {
        let village = api.update(&update["id"])["routes"]["village"].clone();
        if village["attempts"].as_u64() > Some(0) { Ok(()) } else { Err(village.to_string()) }
    });
    world.simulators.village.accept_connections().expect("its port is free");
    api.wait_for_state(&update["id"], "village", "accepted");
    for body in [
        json!({ "given_name": 7_654_321 }),
        json!({ "birthdate": "Zqxdate" }),
        json!({ "Zqxleaf": "Zqx" }),
        json!({ "identities": { "zqxroute": "1" } }),
        json!({ "email": "zqx no address" }),
    ] {
        assert_eq!(api.patch(&person.id, &[], &body).status, 400);
    }
    let bearer = [("Authorization", "Bearer pgw_zqxkey")];
    request(api.address(), "PATCH", &path, &bearer, b"{\"title\":\"Zqx").expect("an answer").expect(401);
    request(api.address(), "GET", "/v1/users/zqxunknown?zqx=1", &bearer, b"").expect("an answer").expect(401);
    request(api.address(), "ZQX", "/zqxpath", &[], b"").expect("an answer");
    assert_eq!(api.get("/v1/users/zqxunknown").status, 404);
    assert_eq!(api.get(&format!("{path}?zqx=1")).status, 400);
}
