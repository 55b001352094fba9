use std::fs;

use e2e::{Vendor, World};
use serde_json::json;
use vendor_sim::{Fault, FaultRule};

#[test]
fn an_erased_user_is_gone_from_the_database_and_comes_back_only_when_asked_for() {
    let world = World::new();
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    let personal = json!({
        "nickname": "Zqxnickname", "title": "Zqxtitle", "organization": "Zqxorganization",
        "phone_number": "+14165550177", "address": { "street_address": "Zqxstreet 1" },
        "custom": { "tier": "Zqxtier" }, "tags": ["zqxtag", "Zqxmember"],
    });
    api.patch_through(&jane.id, &personal);
    // What a vendor says about a value that it refuses is personal, too.
    let refusal = r#"{"message":"Zqxwords","errors":{"email":["zqxmail@example.com has been taken"]}}"#;
    let refusal = Fault::respond(422, &[("content-type", "application/json")], refusal);
    world.vendor(Vendor::Communal).add_fault(FaultRule::once(refusal));
    let held = api.patch_through(&jane.id, &json!({ "email": "zqxmail@example.com" }));
    assert_eq!(held["routes"]["communal"]["state"], "held", "{held}");
    let erased = api.erase(&jane.id).expect(200).json();
    assert_eq!(
        erased["may_hold_a_copy"],
        json!(["communal", "communifire", "usercom", "village"]),
        "{erased}"
    );
    assert_eq!(erased["version"], 4);
    assert_eq!(api.erase(&jane.id).expect(200).json(), erased);
    assert_eq!(api.get(&format!("/v1/users/{}", jane.id)).expect(410).problem(), "user-erased");
    let change = json!({ "title": "Coach" });
    assert_eq!(api.patch(&jane.id, &[], &change).expect(410).problem(), "user-erased");
    let subject = jane.seed.usercom_id.to_string();
    let mut planted = vec![subject.as_str(), jane.seed.email.as_str(), "+14165550177", "Zqx", "zqx"];
    planted.extend([jane.seed.first_name.as_str(), jane.seed.last_name.as_str()]);
    // As soon as the answer is there, and not only when the gateway ends well.
    assert_gone(&world, &planted);
    gateway.stop();
    assert_gone(&world, &planted);

    let gateway = world.start();
    let api = gateway.api();
    assert_eq!(api.patch(&jane.id, &[], &change).expect(410).problem(), "user-erased");
    let revived = api.patch(&jane.id, &[("If-None-Match", "*"), ("Prefer", "wait=30")], &jane.introduction());
    let revived = revived.expect(200).json();
    assert!(revived["version"].as_u64() > erased["version"].as_u64(), "{revived}");
    assert_eq!(revived["routes"]["communal"]["state"], "applied");
    let user = api.user(&jane.id);
    assert_eq!((&user["email"], &user["title"]), (&json!(jane.seed.email), &json!(null)), "{user}");
    gateway.stop();
}

/// Fails if a file of the database has one of the values.
#[track_caller]
fn assert_gone(world: &World, planted: &[&str]) {
    let mut files = 0;
    for entry in fs::read_dir(world.directory()).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("gateway.db") {
            continue;
        }
        files += 1;
        let bytes = fs::read(&path).expect("a file");
        for value in planted {
            let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
            assert!(!found, "{value} is still in {name}");
        }
    }
    assert!(files > 0, "there is no database");
}
