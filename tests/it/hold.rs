use e2e::{Vendor, World, subject};
use serde_json::json;

#[test]
fn an_email_that_communal_refuses_is_held_alone_until_another_one_comes() {
    let world = World::new();
    let gateway = world.start();
    let (api, communal) = (gateway.api(), world.vendor(Vendor::Communal));
    let (jane, tomas) = (&world.people()[0], &world.people()[2]);
    let id = subject(Vendor::Communal, jane);
    world.introduce(&api, jane);
    // Only Communal has somebody with this address already.
    let taken = json!({ "email": "taken@example.com" });
    communal.edit_user(&subject(Vendor::Communal, tomas), taken.as_object().cloned().unwrap_or_default());
    let change = json!({ "email": "taken@example.com", "phone_number": "+14165550001" });
    let answer = api.patch_through(&jane.id, &change);
    let held = &answer["routes"]["communal"];
    assert_eq!((&held["state"], &held["reason"]), (&json!("held"), &json!("rejected")), "{answer}");
    assert_eq!(held["leaves"], json!({ "email": "held", "phone_number": "applied" }));
    assert_eq!(answer["routes"]["usercom"]["state"], "applied");
    // The hold is an end for whoever waits; the phone follows at once.
    e2e::eventually("the phone has arrived", || {
        match communal.user(&id).map(|record| record["telephone"].clone()) {
            Some(phone) if phone == "+14165550001" => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    let record = communal.user(&id).expect("Jane exists");
    assert_eq!(record["email"], json!(jane.seed.email));
    let standing = api.user(&jane.id)["routes"]["communal"].clone();
    assert_eq!(
        (&standing["state"], &standing["leaves"]["email"]),
        (&json!("held"), &json!("held")),
        "{standing}"
    );
    assert!(standing["hint"].as_str().is_some_and(|hint| hint.contains("email")), "{standing}");
    let attention = api.get("/v1/updates?state=held").expect(200).json();
    assert_eq!(attention["updates"][0]["route"], "communal", "{attention}");

    let answer = api.patch_through(&jane.id, &json!({ "email": "jane@example.net" }));
    assert_eq!(answer["routes"]["communal"]["state"], "applied", "{answer}");
    let record = communal.user(&id).expect("Jane exists");
    assert_eq!(
        (&record["email"], &record["telephone"]),
        (&json!("jane@example.net"), &json!("+14165550001"))
    );
    assert_eq!(api.user(&jane.id)["routes"]["communal"]["state"], "in_step");
    gateway.stop();
}
