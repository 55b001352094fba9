//! Whom a request is about, where vendors fold names, give their own ids and let addresses change.

use e2e::{Vendor, World, eventually, fields, subject};
use serde_json::{Value, json};
use vendor_sim::{Control, ViolationKind};

/// What the vendor was told last.
fn last(vendor: &Control) -> serde_json::Map<String, Value> {
    fields(vendor.history().last().expect("a request"))
}

fn edit(vendor: &Control, id: &str, change: &Value) {
    assert!(vendor.edit_user(id, change.as_object().cloned().expect("an object")));
}

#[test]
fn an_address_at_communifire_names_the_person_until_another_one_is_given() {
    let mut world = World::new();
    world.allow(ViolationKind::UnknownSubject);
    world.settings.set("communifire", "subject", "\"email\"");
    world.settings.set("communifire", "enrol", "\"email\"");
    let intranet = world.vendor(Vendor::Communifire);
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    let (id, address) = (subject(Vendor::Communifire, jane), jane.seed.email.clone());
    let answer =
        api.patch_through(&jane.id, &json!({ "email": address, "title": "Coach", "organization": "A" }));
    let route = &answer["routes"]["communifire"];
    assert_eq!((&route["state"], &route["leaves"]["email"]), (&json!("applied"), &json!("unsupported")));
    let told = last(&intranet);
    assert_eq!((&told["Email"], told.len()), (&json!(address), 2), "{told:?}");

    // A new address here is none there: the old one goes on naming the person.
    api.patch_through(&jane.id, &json!({ "email": "jane.new@example.com", "organization": "B" }));
    let told = last(&intranet);
    assert_eq!((&told["Email"], &told["Company"]), (&json!(address), &json!("B")));
    assert_eq!(intranet.user(&id).expect("jane")["Email"], address.as_str());

    // Somebody changes it there: nobody is created or taken for her, and the new one is given once.
    edit(&intranet, &id, &json!({ "Email": "jane.new@example.com" }));
    let update = api.patch(&jane.id, &[], &json!({ "organization": "C" })).expect(202).json();
    eventually("the old address was tried", || {
        if last(&intranet)["Company"] == "C" { Ok(()) } else { Err(String::new()) }
    });
    assert_eq!(api.update(&update["id"])["routes"]["communifire"]["state"], "pending");
    let given = json!({ "identities": { "communifire": "jane.new@example.com" } });
    let answer = api.patch_through(&jane.id, &given);
    assert_eq!(answer["routes"]["communifire"]["state"], "applied", "{answer}");
    assert_eq!(intranet.user(&id).expect("jane")["Company"], "C");
    gateway.stop();
}

#[test]
fn an_address_that_has_become_another_users_is_about_the_wrong_person() {
    let mut world = World::new();
    world.settings.set("communifire", "subject", "\"email\"");
    world.allow(ViolationKind::UnknownSubject);
    let intranet = world.vendor(Vendor::Communifire);
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    let give = |address: &str| json!({ "organization": "A", "identities": { "communifire": address } });
    api.patch_through(&jane.id, &give(&jane.seed.email));
    edit(&intranet, &subject(Vendor::Communifire, jane), &json!({ "Email": "both@example.com" }));
    let update = api.patch("crm-both", &[], &give("both@example.com")).expect(202).json();
    let route = api.wait_for_state(&update["id"], "communifire", "blocked");
    assert_eq!(route["reason"], "wrong_subject", "{route}");
    gateway.stop();
}

#[test]
fn two_spellings_of_one_user_name_are_one_person() {
    let mut world = World::new();
    world.settings.set("communifire", "subject", "\"username\"");
    world.settings.set("usercom", "subject", "\"custom_id\"");
    let gateway = world.start();
    let api = gateway.api();
    let give = |name: &str| json!({ "identities": { "communifire": name } });
    api.patch("crm-1", &[], &give("\u{c9}mile")).expect(202);
    for spelled in ["\u{e9}mile", "E\u{301}MILE", "\u{c9}MILE", "\u{c9}m\u{200b}ile"] {
        let refused = api.patch("crm-2", &[], &give(spelled)).expect(409);
        assert!(refused.json()["type"].as_str().is_some_and(|kind| kind.ends_with("identity-taken")));
    }
    // Ids that a program gives are compared as they are.
    for (user, id) in [("crm-3", "Ab1"), ("crm-4", "aB1")] {
        api.patch(user, &[], &json!({ "identities": { "usercom": id } })).expect(202);
    }
    gateway.stop();
}
