use std::fs;

use e2e::{Vendor, World, request};
use serde_json::json;
use vendor_sim::{Config, Fault, FaultRule, seed::SeedUser};

/// What no log and no metric may have a part of.
const PLANTED: [&str; 12] = [
    "Zqx",
    "zqx",
    "4165550177",
    "416 555 0177",
    "1987-03-09",
    "nonbinary",
    "is-IS",
    "Reykjav",
    "7654321",
    "sim-communal-key",
    "sim-usercom-key",
    "sim-village-key",
];

#[test]
fn no_value_and_no_secret_is_in_the_log_or_the_metrics() {
    let mut world = World::new();
    world.settings.log_level = "trace";
    let somebody = SeedUser {
        communal_id: 7_654_321,
        communifire_id: 7_654_321,
        usercom_id: 7_654_321,
        custom_id: None,
        email: "zqxmail+news@example.com".to_owned(),
        username: "zqxuser".to_owned(),
        first_name: "Zqxfirst".to_owned(),
        last_name: "Zqxlast".to_owned(),
        phone: None,
    };
    for vendor in Vendor::ALL {
        world.vendor(vendor).seed_users(std::slice::from_ref(&somebody));
    }
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    let person = e2e::Person { id: "zqxuserid".to_owned(), seed: somebody };
    world.introduce(&api, &person);
    api.patch_through(&person.id, &everything());
    provoke(&mut world, &api, &person);
    let anonymous = request(operator.address(), "GET", "/metrics", &[], b"").expect("an answer");
    let metrics = anonymous.expect(200).text();
    for path in ["/v1/lanes", "/v1/routes", "/v1/audit"] {
        operator.get(path).expect(200);
    }
    api.erase(&person.id).expect(200);
    let key = world.key().to_owned();
    gateway.stop();
    let log = fs::read_to_string(world.path("log")).expect("a log");
    assert!(log.contains("\"DEBUG\""), "the log is not as loud as it could be");
    let communifire = Config::new(Vendor::Communifire).credential;
    for planted in PLANTED.into_iter().chain([key.as_str(), communifire.as_str()]) {
        assert!(!metrics.contains(planted), "{planted} is in the metrics");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(planted)).collect();
        assert!(lines.is_empty(), "{planted} is in {} lines such as {}", lines.len(), lines[0]);
    }
}

/// Every leaf.
fn everything() -> serde_json::Value {
    json!({
        "given_name": "Zqxgiven", "family_name": "Zqxfamily", "middle_name": "Zqxmiddle", "nickname": "Zqxnick",
        "name": "Zqxname", "preferred_username": "Zqxpreferred", "email": "zqxother@example.com",
        "phone_number": "+14165550177", "birthdate": "1987-03-09", "gender": "nonbinary", "locale": "is-IS",
        "zoneinfo": "Atlantic/Reykjavik", "picture": "https://example.com/zqxpicture",
        "website": "https://example.com/zqxsite", "title": "Zqxtitle", "organization": "Zqxorganization",
        "department": "Zqxdepartment", "tags": ["zqxtag"],
        "address": {
            "street_address": "Zqxstreet", "extended_address": "Zqxextended", "locality": "Zqxlocality",
            "region": "Zqxregion", "postal_code": "Zqxcode", "country": "IS",
        },
        "custom": { "tier": "Zqxtier" },
    })
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
