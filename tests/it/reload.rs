use std::fs;

use e2e::{Vendor, World, eventually, subject};
use serde_json::json;

use crate::load::{self, Counters, Load};

/// How many reloads follow each other.
const RELOADS: usize = 300;

#[test]
fn a_changed_mapping_applies_under_load_and_loses_nothing() {
    let mut world = World::new();
    world.settings.unset("usercom", "fields");
    let mut gateway = world.start();
    let (api, jane) = (gateway.api(), world.people()[0].clone());
    let people = world.people()[4..8].to_vec();
    for person in people.iter().chain([&jane]) {
        world.introduce(&api, person);
    }
    let change = json!({ "title": "Coach" });
    let answer = api.patch_through(&jane.id, &change);
    assert_eq!(answer["routes"]["usercom"]["leaves"]["title"], "unmapped", "{answer}");

    let load = Load::start(&api, &people, 2, Counters::new());
    load.wait_for_more(20);
    world.settings.set("usercom", "fields", "{ title = \"job_title\" }");
    world.write_config();
    gateway.signal("HUP");
    let line = gateway.wait_for_log("the configuration was reloaded");
    assert!(line["changes"].as_str().is_some_and(|changes| changes.contains("usercom")), "{line}");
    load.wait_for_more(20);
    assert_eq!(load.lost(), 0);
    let (counters, statuses) = load.stop();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 202)), "{statuses:?}");
    let record =
        || world.vendor(Vendor::UserCom).user(&subject(Vendor::UserCom, &jane)).expect("Jane exists");
    // The value is older than the mapping, and nobody sends it again.
    eventually("the vendor has what the mapping carries now", || {
        let record = json!(record()).to_string();
        if record.contains("\"Coach\"") { Ok(()) } else { Err(record) }
    });
    world.wait_for_rest(&gateway.operator());
    assert_eq!(api.user(&jane.id)["routes"]["usercom"]["state"], "in_step");
    load::check(&world, &api, &people, &counters);

    let answer = api.patch_through(&jane.id, &json!({ "title": "Head coach" }));
    assert_eq!(answer["routes"]["usercom"]["leaves"]["title"], "applied", "{answer}");
    assert!(json!(record()).to_string().contains("\"Head coach\""));
    gateway.stop();
}

#[test]
fn b88_reloads_one_after_the_other_under_load_lose_nothing() {
    let mut world = World::new();
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    let people = world.people()[..4].to_vec();
    for person in &people {
        world.introduce(&api, person);
    }
    let load = Load::start(&api, &people, 2, Counters::new());
    load.wait_for_more(5);
    let mappings =
        ["{ title = \"job_title\" }", "{ title = { to = \"job_title\", overlong = \"truncate\" } }"];
    for round in 0..RELOADS {
        // Each one changes something: the route's client, its limits, or its mapping.
        match round % 3 {
            0 => world.settings.set("communal", "timeout", &format!("\"{}s\"", 5 + round % 2)),
            1 => world.settings.set("communal", "concurrency", &(8 + round % 2).to_string()),
            _ => world.settings.set("usercom", "fields", mappings[round % 2]),
        }
        world.write_config();
        operator.post("/v1/reload").expect(200);
    }
    load.wait_for_more(5);
    assert_eq!(load.lost(), 0);
    let (counters, statuses) = load.stop();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 202)), "{statuses:?}");
    world.wait_for_rest(&operator);
    load::check(&world, &api, &people, &counters);
    gateway.stop();
}

#[test]
fn a_changed_rate_applies_from_the_next_request_on() {
    let mut world = World::new();
    let gateway = world.start();
    let (api, people) = (gateway.api(), world.people()[..4].to_vec());
    for person in &people {
        world.introduce(&api, person);
    }
    world.settings.set("communal", "rate", "\"2/s\"");
    world.write_config();
    let report = gateway.operator().post("/v1/reload").expect(200).json();
    assert_eq!(report["changes"], json!(["route communal changes rate unlimited → 2/s"]));
    let communal = world.vendor(Vendor::Communal);
    let before = communal.requests();
    // Two at once, and then two in a second.
    for number in 1..=2 {
        for person in &people {
            api.patch(&person.id, &[], &load::change(number)).expect(202);
        }
        assert!(communal.wait_for_requests(before + number * 4, e2e::PATIENCE));
    }
    let history = communal.history_after(before);
    let took = history[7].started_us - history[0].started_us;
    assert!(took > 2_500_000, "eight requests took {took} µs");
    gateway.stop();
}

#[test]
fn a_broken_file_is_refused_and_the_old_configuration_stays() {
    let world = World::new();
    let mut gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    let text = world.settings.text().replace("base_url", "base_ulr");
    fs::write(world.path("gateway.toml"), &text).expect("the directory can be written");
    gateway.signal("HUP");
    let line = gateway.wait_for_log("the configuration was not reloaded; the old one stays");
    assert_eq!(line["level"], "ERROR");
    let reason = line["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("did you mean \"base_url\"?"), "{reason}");
    let refused = gateway.operator().post("/v1/reload").expect(409);
    assert_eq!(refused.problem(), "reload-refused");
    let answer = api.patch_through(&jane.id, &json!({ "phone_number": "+14165550003" }));
    assert_eq!(answer["routes"]["communal"]["state"], "applied");
    gateway.stop();
}

#[test]
fn a_route_that_owes_something_goes_only_when_that_is_confirmed_and_comes_back_with_it() {
    let mut world = World::new();
    let gateway = world.start();
    let (api, operator, jane) = (gateway.api(), gateway.operator(), world.people()[0].clone());
    world.introduce(&api, &jane);
    operator.post("/v1/routes/communal/pause").expect(200);
    let update = api.patch(&jane.id, &[], &json!({ "phone_number": "+14165550004" })).expect(202).json();
    api.wait_for_state(&update["id"], "usercom", "applied");
    let whole = world.settings.clone();
    world.settings.remove("communal");
    world.write_config();
    let refused = operator.post("/v1/reload").expect(409);
    assert_eq!(refused.problem(), "reload-refused");
    let detail = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.contains("communal") && detail.contains("confirm"), "{detail}");
    assert!(operator.get("/v1/routes").json()["routes"]["communal"].is_object());

    operator.post("/v1/reload?confirm=true").expect(200);
    assert!(operator.get("/v1/routes").json()["routes"]["communal"].is_null());
    let answer = api.patch_through(&jane.id, &json!({ "nickname": "Janey" }));
    assert!(answer["routes"]["communal"].is_null(), "{answer}");

    world.settings = whole;
    world.write_config();
    operator.post("/v1/reload").expect(200);
    operator.post("/v1/routes/communal/resume").expect(200);
    api.wait_for_state(&update["id"], "communal", "applied");
    gateway.stop();
}

#[test]
fn what_is_blocked_at_a_route_is_owed_as_well() {
    let mut world = World::new();
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    // Communal needs the names with every request.
    let change = json!({ "nickname": "Jo", "identities": { "communal": 89 } });
    let update = api.patch("nameless", &[], &change).expect(202).json();
    api.wait_for_state(&update["id"], "communal", "blocked");
    world.settings.remove("communal");
    world.write_config();
    let refused = operator.post("/v1/reload").expect(409);
    assert_eq!(refused.problem(), "reload-refused");
    operator.post("/v1/reload?confirm=true").expect(200);
    gateway.stop();
}

#[test]
fn what_waits_for_a_start_is_told_until_then() {
    let mut world = World::new();
    let gateway = world.start();
    let operator = gateway.operator();
    let changes = |path: &str| operator.post(path).expect(200).json()["changes"].clone();
    world.settings.tables = "[traces]\notlp = \"http://127.0.0.1:1/v1/traces\"\n".to_owned();
    world.write_config();
    let waits = json!(["traces takes effect at the next start"]);
    assert_eq!(changes("/v1/reload"), waits);
    assert_eq!(changes("/v1/reload?dry_run=true"), waits, "it is not in force yet");
    world.settings.tables = String::new();
    world.write_config();
    assert_eq!(changes("/v1/reload?dry_run=true"), json!([]), "what is in force is what the file says");
    gateway.stop();
}
