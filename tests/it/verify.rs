use std::{fs, process::Output};

use e2e::{Vendor, World, run};
use serde_json::{Value, json};
use vendor_sim::{Fault, FaultRule};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn edit(world: &World, vendor: Vendor, subject: u64, fields: &Value) {
    let fields = fields.as_object().cloned().expect("an object");
    assert!(world.vendor(vendor).edit_user(&subject.to_string(), fields));
}

#[test]
fn verify_finds_what_was_changed_behind_the_gateways_back_and_names_no_value() {
    let mut world = World::new();
    world.settings.log_level = "trace";
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    for person in &world.people()[..4] {
        world.introduce(&api, person);
        let change = json!({ "phone_number": "+14165550177", "title": "Zqxtitle", "tags": ["zqxtag"] });
        api.patch_through(&person.id, &change);
    }
    let operator = format!("http://{}", gateway.operator().address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", operator.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    let verify = |arguments: &[&str], code: i32| {
        let output = run(&[&["verify"], arguments].concat(), &environment);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        for value in ["5550177", "5559999", "Zqx", "zqx", "Doe", "example.com", "19678376"] {
            assert!(!said.contains(value), "{value}: {said}");
        }
        said
    };
    let asked = world.vendor(Vendor::Communal).requests();
    let fine = verify(&["--sample", "50"], 0);
    let asked = world.vendor(Vendor::Communal).requests() - asked;
    assert_eq!(asked, 4, "a sample of more users than there are asks the vendor once about each");
    assert!(fine.contains("12 compared, 0 with drift, 0 not read"), "four people at three vendors: {fine}");
    assert_eq!(fine.matches("not_readable").count(), 4, "Village shows nobody: {fine}");

    edit(&world, Vendor::UserCom, jane.seed.usercom_id, &json!({ "phone_number": "+14165559999" }));
    edit(&world, Vendor::Communifire, jane.seed.communifire_id, &json!({ "Last name": "Zqxother" }));
    let drifted = verify(&["--sample", "50"], 1);
    assert!(drifted.contains("12 compared, 2 with drift"), "{drifted}");
    let row = |text: &str| {
        text.lines().filter(|line| line.contains("differs")).nth(1).unwrap_or_default().to_owned()
    };
    assert!(row(&drifted).contains(&jane.id), "{drifted}");
    let one: Value = serde_json::from_str(&verify(&["--user", &jane.id, "--route", "usercom", "--json"], 1))
        .expect("JSON");
    assert_eq!(one["results"][0]["leaves"]["phone_number"], "differs");
    assert_eq!(one["results"][0]["leaves"]["title"], "same");
    verify(&["--user", &jane.id, "--route", "communal"], 0);

    // A vendor that does not answer is no drift, and no success either.
    world.vendor(Vendor::UserCom).add_fault(FaultRule::always(Fault::status(503)));
    let unread = verify(&["--user", &jane.id, "--route", "usercom"], 1);
    assert!(unread.contains("not_read") && unread.contains("0 with drift, 1 not read"), "{unread}");
    world.vendor(Vendor::UserCom).remove_faults(None);
    assert_eq!(gateway.operator().get("/v1/routes").expect(200).json()["routes"]["usercom"]["state"], "open");
    verify(&[], 2);
    verify(&["--user", "a", "--sample", "1"], 2);
    assert!(verify(&["--user", &jane.id, "--route", "nowhere"], 1).contains("communal, communifire"));

    // What the vendor has is what the gateway sends again.
    gateway.operator().post("/v1/routes/usercom/resync").expect(200);
    gateway.operator().post("/v1/routes/communifire/resync").expect(200);
    world.wait_for_rest(&gateway.operator());
    assert!(verify(&["--sample", "4"], 0).contains("12 compared, 0 with drift"));
    gateway.stop();
    let log = fs::read_to_string(world.path("log")).expect("a log");
    for value in ["5550177", "5559999", "Zqx", "zqx", "jane.doe"] {
        assert!(!log.contains(value), "{value} is in the log");
    }
}

#[test]
fn a_caller_reads_what_a_vendor_shows_and_which_fields_nobody_has_defined() {
    let mut world = World::new();
    world.settings.set("usercom", "fields", "{ title = \"job_title\", \"custom.tier\" = \"tier\" }");
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    api.patch_through(&jane.id, &json!({ "title": "Coach", "custom": { "tier": "gold" } }));
    let look = api.get(&format!("/v1/users/{}/vendors/usercom", jane.id)).expect(200).json();
    assert_eq!(look["leaves"]["title"]["shown"], "Coach", "{look}");
    assert_eq!(look["leaves"]["given_name"]["shown"], "Jane Doe");
    assert_eq!(look["leaves"]["custom.tier"], json!({ "finding": "differs", "field": "tier" }));
    let fields = api.get("/v1/routes/usercom/fields").expect(200).json();
    assert_eq!(fields["missing"], json!([{ "leaf": "custom.tier", "field": "tier" }]));
    let title = fields["fields"].as_array().into_iter().flatten().find(|field| field["leaf"] == "title");
    assert_eq!(title.map(|field| field["type"].clone()), Some(json!("string")));
    let fields = api.get("/v1/routes/communal/fields?values=true").expect(200).json();
    assert_eq!(fields["fields"][0]["label"], "Skill level", "{fields}");
    let village = api.get(&format!("/v1/users/{}/vendors/village", jane.id)).expect(404);
    assert_eq!(village.problem(), "not-readable");
    gateway.stop();
}
