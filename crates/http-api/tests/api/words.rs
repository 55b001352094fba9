//! Each word that says how an update, a field or a user stands, with one way to get there.

use std::{collections::BTreeSet, sync::Arc};

use adapter::MappingOptions;
use canonical::Profile;
use delivery::Matcher;
use serde_json::{Value, json};

use crate::support::{ALL, ERASE, OPERATE, World, get, patch, post};

#[derive(Debug)]
struct Nobody;

impl Matcher for Nobody {
    fn matches(&self, _: &Profile) -> bool {
        false
    }
}

const PERSON: &str =
    r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;

/// What has become of an update at a route.
async fn update(world: &World, update: &Value, route: &str) -> Value {
    let path = format!("/v1/updates/{}", update["id"].as_str().expect("an id"));
    world.call(get(&path, ALL)).await.json()["routes"][route].clone()
}

/// How a user stands at a route.
async fn user(world: &World, route: &str) -> Value {
    world.call(get("/v1/users/u", ALL)).await.json()["routes"][route].clone()
}

/// Sends a change and does not wait.
async fn send(world: &World, body: &str) -> Value {
    world.call(patch("/v1/users/u", ALL, body)).await.json()
}

async fn known_at_usercom(world: &World, body: &str) -> Value {
    world.usercom.answer(200, r#"{"id":5,"custom_id":"crm-1"}"#);
    world.delivered("u", body).await
}

#[actix_web::test]
async fn what_a_vendor_has_confirmed_is_applied_or_accepted_and_its_predecessor_replaced() {
    let world = World::new().await;
    let first = world.delivered("u", PERSON).await;
    let route = update(&world, &first, "communal_main").await;
    assert_eq!((&route["state"], &route["leaves"]["email"]), (&json!("applied"), &json!("applied")));
    let route = update(&world, &first, "village").await;
    assert_eq!((&route["state"], &route["leaves"]["given_name"]), (&json!("accepted"), &json!("accepted")));
    assert_eq!(route["leaves"]["email"], "unsupported");
    assert_eq!(user(&world, "communal_main").await["state"], "in_step");
    assert_eq!(user(&world, "usercom").await["state"], "no_identity");
    assert_eq!(update(&world, &first, "usercom").await["state"], "no_identity");
    world.delivered("u", r#"{"given_name":"D"}"#).await;
    let route = update(&world, &first, "communal_main").await;
    let leaves = (&route["leaves"]["given_name"], &route["leaves"]["family_name"]);
    assert_eq!((&route["state"], leaves), (&json!("applied"), (&json!("replaced"), &json!("applied"))));
    let again = world.delivered("u", r#"{"given_name":"D"}"#).await;
    let route = &again["routes"]["communal_main"];
    assert_eq!(
        (&route["state"], &route["leaves"]["given_name"]),
        (&json!("nothing_to_send"), &json!("unchanged"))
    );
}

#[actix_web::test]
async fn what_is_on_its_way_waits_and_the_user_is_behind_or_paused() {
    let world = World::new().await;
    world.village.hang();
    let sent = send(&world, r#"{"email":"c@x.org","given_name":"C"}"#).await;
    let route = &sent["routes"]["village"];
    assert_eq!((&route["state"], &route["leaves"]["given_name"]), (&json!("pending"), &json!("waiting")));
    assert_eq!(user(&world, "village").await["state"], "behind");
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    assert_eq!(user(&world, "village").await["state"], "paused");
    world.village.go_on();
    let waited = format!("/v1/updates/{}?wait=20", sent["id"].as_str().expect("an id"));
    assert_eq!(world.call(get(&waited, ALL)).await.json()["routes"]["village"]["state"], "accepted");
}

#[actix_web::test]
async fn what_the_vendor_needs_or_refuses_blocks_or_is_held() {
    let world = World::new().await;
    let first = world.delivered("u", r#"{"nickname":"C","identities":{"communal_main":"2"}}"#).await;
    let route = update(&world, &first, "communal_main").await;
    assert_eq!((&route["state"], &route["leaves"]["email"]), (&json!("blocked"), &json!("missing")));
    assert_eq!(user(&world, "communal_main").await["state"], "blocked");
    world.delivered("u", PERSON).await;
    world.communal.answer(422, r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#);
    let refused = world.delivered("u", r#"{"phone_number":"+14165559999"}"#).await;
    let route = update(&world, &refused, "communal_main").await;
    assert_eq!((&route["state"], &route["leaves"]["phone_number"]), (&json!("held"), &json!("held")));
    assert_eq!(user(&world, "communal_main").await["state"], "held");
}

#[actix_web::test]
async fn what_was_overtaken_by_something_that_cannot_be_sent_was_not_delivered() {
    let world = World::new().await;
    known_at_usercom(&world, r#"{"given_name":"Jo","identities":{"usercom":"crm-1"}}"#).await;
    world.operate(post("/v1/routes/usercom/pause", OPERATE, "")).await;
    let first = send(&world, r#"{"phone_number":"+14165551234"}"#).await;
    let second = send(&world, r#"{"phone_number":null}"#).await;
    let route = update(&world, &first, "usercom").await;
    assert_eq!(
        (&route["state"], &route["leaves"]["phone_number"]),
        (&json!("not_delivered"), &json!("not_delivered"))
    );
    let route = update(&world, &second, "usercom").await;
    assert_eq!(
        (&route["state"], &route["leaves"]["phone_number"]),
        (&json!("nothing_to_send"), &json!("not_clearable"))
    );
    assert_eq!(user(&world, "usercom").await.get("keeps"), None, "it never was there");
}

#[actix_web::test]
async fn what_cannot_be_carried_says_why_and_nothing_is_sent() {
    let world = World::new().await;
    let long = "x".repeat(65);
    let body = json!({
        "title": "Coach", "organization": "Axero", "address": {"locality": long}, "birthdate": null, "tags": null, "custom": {"k": "v"},
        "email": null, "gender": "diverse", "identities": {"usercom": "crm-1"},
    });
    let sent = world.delivered("u", &body.to_string()).await;
    let route = update(&world, &sent, "usercom").await;
    assert_eq!(route["state"], "nothing_to_send", "{route}");
    let leaves = &route["leaves"];
    assert_eq!(leaves["title"], "unmapped", "{leaves}");
    assert_eq!(leaves["address.locality"], "too_long", "{leaves}");
    assert_eq!(leaves["email"], "not_clearable", "{leaves}");
    assert_eq!(leaves["gender"], "not_representable", "{leaves}");
    assert_eq!(leaves["tags"], "nothing_to_send", "{leaves}");
    assert_eq!(world.usercom.sent().len(), 0);
    let user = user(&world, "usercom").await;
    assert_eq!((&user["state"], user.get("confirmed_version")), (&json!("nothing_sent"), None), "{user}");
}

#[actix_web::test]
async fn what_another_identity_was_told_is_unknown() {
    let world = World::new().await;
    let first =
        known_at_usercom(&world, r#"{"phone_number":"+14165551234","identities":{"usercom":"crm-1"}}"#).await;
    assert_eq!(update(&world, &first, "usercom").await["state"], "applied");
    world.usercom.answer(200, r#"{"id":6,"custom_id":"crm-2"}"#);
    world.delivered("u", r#"{"phone_number":null,"email":"c@x.org","identities":{"usercom":"crm-2"}}"#).await;
    let route = update(&world, &first, "usercom").await;
    assert_eq!((&route["state"], &route["leaves"]["phone_number"]), (&json!("unknown"), &json!("unknown")));
    let user = user(&world, "usercom").await;
    assert_eq!(
        (&user["state"], &user["keeps"]["phone_number"]["certain"]),
        (&json!("in_step_except"), &json!(false))
    );
}

#[actix_web::test]
async fn a_route_that_does_not_serve_a_user_and_an_erased_user_say_so() {
    let world = World::new().await;
    world.village.hang();
    let sent = send(&world, r#"{"email":"c@x.org","given_name":"C"}"#).await;
    world.remap("village", &MappingOptions::default(), Some(Arc::new(Nobody))).await;
    world.village.go_on();
    let late = send(&world, r#"{"family_name":"C"}"#).await;
    assert_eq!(late["routes"]["village"], json!({"state": "not_matching"}));
    assert_eq!(user(&world, "village").await["state"], "not_matching");
    assert_eq!(
        world
            .call(
                actix_web::test::TestRequest::delete()
                    .uri("/v1/users/u")
                    .insert_header(("Authorization", format!("Bearer {ERASE}")))
            )
            .await
            .status,
        200
    );
    assert_eq!(update(&world, &sent, "village").await, json!({"state": "erased"}));
}

#[actix_web::test]
async fn what_a_lost_request_may_overwrite_is_in_doubt() {
    let world = World::new().await;
    world.delivered("u", PERSON).await;
    world.communal.answer(500, "{}");
    let sent = world.delivered("u", r#"{"nickname":"N"}"#).await;
    assert_eq!(sent["routes"]["communal_main"]["state"], "applied", "{sent}");
    let route = user(&world, "communal_main").await;
    assert_eq!(route["state"], "in_doubt", "{route}");
    let explained = world.operate(get("/v1/users/u/routes/communal_main", OPERATE)).await.json();
    assert_eq!(explained["fields"]["nickname"]["state"], "in_doubt", "{explained}");
    assert!(
        explained["next"].as_str().is_some_and(|next| next.starts_with("sent once more at")),
        "{explained}"
    );
}

#[actix_web::test]
async fn the_description_tells_the_meaning_of_each_word() {
    let document: Value = serde_json::from_str(http_api::callers::openapi()).expect("JSON");
    for (schema, words) in [
        (
            "StateWord",
            "applied accepted pending held blocked not_delivered nothing_to_send unknown no_identity not_matching erased",
        ),
        (
            "FateWord",
            "applied accepted replaced held waiting not_delivered nothing_to_send unknown not_matching not_clearable too_long \
             not_representable unsupported unmapped unchanged missing",
        ),
        (
            "StandingWord",
            "blocked behind paused in_doubt held in_step_except assumed in_step nothing_sent not_matching no_identity",
        ),
        ("FindingWord", "same spelled_otherwise differs kept kept_no_more not_shown behind held"),
    ] {
        let schema = &document["components"]["schemas"][schema];
        let known: BTreeSet<&str> =
            schema["enum"].as_array().expect(words).iter().filter_map(Value::as_str).collect();
        assert_eq!(known, words.split_whitespace().collect::<BTreeSet<_>>());
        let meaning = schema["description"].as_str().expect("a description");
        let untold: Vec<_> = known.iter().filter(|word| !meaning.contains(&format!("`{word}`:"))).collect();
        assert_eq!(untold, [&""; 0], "{meaning}");
    }
}
