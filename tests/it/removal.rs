use e2e::{Vendor, World, eventually, subject};
use serde_json::json;
use vendor_sim::{Control, Fault, FaultRule, NothingToRemove, ViolationKind};

/// How the vendor was called, oldest first.
fn methods(vendor: &Control) -> Vec<String> {
    vendor.history().into_iter().map(|exchange| exchange.method).collect()
}

#[test]
fn a_removal_alone_neither_counts_for_nor_takes_an_id_that_is_nobodys() {
    let mut world = World::new();
    world.allow(ViolationKind::UnknownSubject);
    world.settings.set("usercom", "fields", "{ title = \"job_title\" }");
    let usercom = world.vendor(Vendor::UserCom);
    usercom.set_knobs(|knobs| knobs.usercom.nothing_to_remove = NothingToRemove::NotFound);
    let gateway = world.start();
    let api = gateway.api();
    let wrong = json!({ "title": null, "identities": { "usercom": 4_711 } });
    let update = api.patch("crm-7", &[], &wrong).expect(202).json();
    eventually("the vendor was asked for the person", || {
        if methods(&usercom).iter().any(|method| method == "GET") {
            Ok(())
        } else {
            Err("no question".into())
        }
    });
    eventually("another user may have the id", || {
        let named = json!({ "identities": { "usercom": 4_711 } });
        let plan = api.try_send("POST", "/v1/users/crm-9/plan", &[], Some(&named)).expect("an answer");
        if plan.status == 200 { Ok(()) } else { Err(format!("{}", plan.status)) }
    });
    let route = api.update(&update["id"])["routes"]["usercom"].clone();
    assert_eq!(route["state"], "pending", "{route}");
    assert_eq!(api.user("crm-7")["routes"]["usercom"]["state"], "behind");
    gateway.stop();
}

#[test]
fn a_tag_that_is_gone_already_is_gone_once_the_person_is_shown_without_it() {
    let world = World::new();
    let usercom = world.vendor(Vendor::UserCom);
    usercom.set_knobs(|knobs| knobs.usercom.nothing_to_remove = NothingToRemove::NotFound);
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    let id = subject(Vendor::UserCom, jane);
    world.introduce(&api, jane);
    api.patch_through(&jane.id, &json!({ "tags": ["ours"] }));
    assert!(usercom.edit_user(&id, json!({ "tags": ["theirs"] }).as_object().cloned().expect("an object")));
    let answer = api.patch_through(&jane.id, &json!({ "tags": [] }));
    assert_eq!(answer["routes"]["usercom"]["state"], "applied", "{answer}");

    // The tag is there, whatever the answer says.
    api.patch_through(&jane.id, &json!({ "tags": ["ours"] }));
    let before = methods(&usercom).len();
    usercom.add_fault(FaultRule::once(Fault::status(404)).for_method("DELETE"));
    let update = api.patch(&jane.id, &[], &json!({ "tags": [] })).expect(202).json();
    api.wait_for_state(&update["id"], "usercom", "applied");
    assert_eq!(methods(&usercom).split_off(before), ["DELETE", "GET", "DELETE"]);
    assert_eq!(usercom.user(&id).expect("Jane exists")["tags"], json!(["theirs"]));
    gateway.stop();
}
