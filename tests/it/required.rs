use e2e::{Vendor, World, fields, subject};
use serde_json::{Map, json};

#[test]
fn a_phone_alone_reaches_communal_with_the_required_fields_and_blanks_nothing() {
    let world = World::new();
    let (communal, jane) = (world.vendor(Vendor::Communal), &world.people()[0]);
    let id = subject(Vendor::Communal, jane);
    let kept = json!({ "profile_city": "Toronto", "preferred_name": "Janey", "date_of_birth": "1990-02-28" });
    communal.edit_user(&id, kept.as_object().cloned().unwrap_or_default());
    let gateway = world.start();
    let api = gateway.api();
    world.introduce(&api, jane);
    let before = communal.user(&id).expect("Jane exists");
    api.patch_through(&jane.id, &json!({ "phone_number": "+14165559876" }));
    let sent = communal.history().pop().map(|exchange| fields(&exchange)).unwrap_or_default();
    let mut names: Vec<_> = sent.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["email", "first_name", "last_name", "telephone"]);
    let mut expected = before;
    expected.insert("telephone".to_owned(), json!("+14165559876"));
    let mut after = communal.user(&id).expect("Jane exists");
    let untimed = |record: &mut Map<_, _>| record.remove("updated_at");
    untimed(&mut expected);
    untimed(&mut after);
    assert_eq!(after, expected);
    gateway.stop();
}

#[test]
fn an_update_of_a_user_without_an_email_waits_at_communal_until_the_email_comes() {
    let world = World::new();
    let gateway = world.start();
    let (api, amara) = (gateway.api(), &world.people()[1]);
    let first = json!({
        "given_name": "Amara", "family_name": "Okafor", "phone_number": "+442079460199",
        "identities": { "communal": amara.seed.communal_id, "usercom": amara.seed.usercom_id },
    });
    let answer = api.patch_through(&amara.id, &first);
    let blocked = &answer["routes"]["communal"];
    assert_eq!(
        (&blocked["state"], &blocked["reason"]),
        (&json!("blocked"), &json!("needs_data")),
        "{answer}"
    );
    assert_eq!(blocked["leaves"]["email"], "missing");
    assert_eq!(blocked["hint"], "send email");
    assert_eq!(answer["routes"]["usercom"]["state"], "applied");
    assert_eq!(answer["routes"]["village"]["state"], "no_identity");
    assert_eq!(world.vendor(Vendor::Communal).requests(), 0);

    let second = api.patch_through(&amara.id, &json!({ "email": amara.seed.email }));
    assert_eq!(second["routes"]["communal"]["state"], "applied");
    assert_eq!(api.update(&answer["id"])["routes"]["communal"]["state"], "applied");
    let record =
        world.vendor(Vendor::Communal).user(&subject(Vendor::Communal, amara)).expect("Amara exists");
    assert_eq!((&record["telephone"], &record["email"]), (&json!("+442079460199"), &json!(amara.seed.email)));
    assert_eq!(world.vendor(Vendor::Communal).requests(), 1);
    gateway.stop();
}
