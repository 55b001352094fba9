use delivery::Preview;
use serde_json::{Value, json};

use crate::support::{ALL, World, patch, post};

async fn plan(world: &World, body: &str) -> Value {
    let answer = world.call(post("/v1/users/u/plan", ALL, body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// A recorded request in the form in which a plan shows it.
fn shown(sent: &Preview) -> Value {
    let headers = sent.headers.iter().map(|(name, value)| json!({"name": name, "value": value}));
    let text = String::from_utf8(sent.body.clone()).expect("UTF-8");
    json!({
        "method": sent.method, "url": sent.url, "headers": headers.collect::<Vec<_>>(),
        "body": serde_json::from_str::<Value>(&text).unwrap_or_default(), "body_text": text,
    })
}

#[actix_web::test]
async fn a_plan_shows_byte_for_byte_what_is_sent() {
    let world = World::new().await;
    // More answers than there are requests: each shows the person, so that a removal is proven without a reading.
    (0..10).for_each(|_| world.usercom.answer(200, r#"{"id":5,"custom_id":"us er/1","tags":[]}"#));
    let bodies = [
        json!({
            "given_name": "J\u{f3} \"x\"", "family_name": "Li/\u{2028}", "email": "jo+%2f@x.org", "tags": ["b", "a"],
            "phone_number": "+1 416 555 1234", "birthdate": "1990-02-28",
            "identities": {"communal_main": "89", "usercom": "us er/1"},
        }),
        json!({"nickname": "J", "tags": ["c"], "email": "other@x.org"}),
        json!({"nickname": null, "address": {"locality": "Toronto"}, "tags": null}),
    ];
    for body in bodies.iter().map(Value::to_string) {
        let before = [&world.communal, &world.village, &world.usercom].map(|vendor| vendor.sent().len());
        let planned = plan(&world, &body).await;
        let vendors = [&world.communal, &world.village, &world.usercom];
        assert_eq!(vendors.map(|vendor| vendor.sent().len()), before, "a plan sends nothing");
        world.delivered("u", &body).await;
        for ((name, vendor), before) in
            ["communal_main", "village", "usercom"].into_iter().zip(vendors).zip(before)
        {
            let sent: Vec<Value> = vendor.sent()[before..].iter().map(shown).collect();
            let planned = planned["routes"][name]["requests"].as_array().cloned().unwrap_or_default();
            assert_eq!(planned, sent, "{name} of {body}");
        }
    }
    assert!(world.requests() >= 6);
}

#[actix_web::test]
async fn a_plan_stores_nothing_and_shows_no_credential() {
    let world = World::new().await;
    let body = r#"{"email":"jo@x.org","given_name":"Jo","title":"x"}"#;
    let answer = world.call(post("/v1/users/u/plan", ALL, body)).await;
    assert!(!answer.text.contains("canary-credential"), "{}", answer.text);
    assert!(answer.text.contains("Authorization"));
    assert_eq!(answer.json()["routes"]["village"]["leaves"]["title"], "unsupported");
    let usercom = &answer.json()["routes"]["usercom"];
    assert_eq!(usercom["verdict"], "no_identity");
    assert!(usercom["hint"].as_str().is_some_and(|hint| hint.starts_with("give identities.usercom")));
    assert!(!world.knows("u").await);
    assert_eq!(world.requests(), 0);
}

#[actix_web::test]
async fn a_plan_says_what_stops_it_and_what_goes_along() {
    let world = World::new().await;
    let planned = plan(&world, r#"{"nickname":"J","identities":{"communal_main":"89"}}"#).await;
    let stopped = &planned["routes"]["communal_main"]["stopped"];
    assert_eq!((&stopped["state"], &stopped["reason"]), (&json!("blocked"), &json!("needs_data")));
    assert_eq!(stopped["leaves"], json!(["email", "family_name", "given_name"]));
    assert_eq!(stopped["hint"], "send email, family_name, given_name");

    world.delivered("u", r#"{"nickname":"J","identities":{"communal_main":"89"}}"#).await;
    let planned = plan(&world, r#"{"given_name":"Jo","family_name":"Li","email":"jo@x.org"}"#).await;
    assert_eq!(planned["routes"]["communal_main"]["older"], json!(["nickname"]));
    world.delivered("u", r#"{"given_name":"Jo","family_name":"Li","email":"jo@x.org"}"#).await;
    let planned = plan(&world, r#"{"nickname":"K"}"#).await;
    assert_eq!(planned["routes"]["communal_main"]["along"], json!(["email", "family_name", "given_name"]));
}

#[actix_web::test]
async fn a_plan_is_refused_for_what_an_update_is_refused_for() {
    let world = World::new().await;
    let answer = world.call(post("/v1/users/u/plan", ALL, r#"{"titel":"x"}"#)).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("unknown-leaf")));
    let request = post("/v1/users/u/plan", ALL, "{}").insert_header(("If-Match", "*"));
    assert_eq!(world.call(request).await.status, 412);
    let request = patch("/v1/users/u", ALL, "{}").insert_header(("If-Match", "*"));
    assert_eq!(world.call(request).await.status, 412);
}

#[actix_web::test]
async fn a_plan_for_a_paused_route_says_so() {
    let world = World::new().await;
    assert_eq!(world.operate(post("/v1/routes/village/pause", ALL, "")).await.status, 200);
    let planned = plan(&world, r#"{"email":"jo@x.org","given_name":"Jo"}"#).await;
    let village = &planned["routes"]["village"];
    assert_eq!(village["waiting_for"], "route_paused");
    assert_eq!(village["requests"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn an_address_that_is_no_identity_takes_nobodys_place() {
    let world = World::new().await;
    world.delivered("first", r#"{"email":"jo@x.org","given_name":"Jo"}"#).await;
    let second = r#"{"email":"jo@x.org","given_name":"Jo","identities":{"village":"second@x.org"}}"#;
    let planned = world.call(post("/v1/users/second/plan", ALL, second)).await;
    assert_eq!(planned.status, 200, "{}", planned.text);
    let url =
        planned.json()["routes"]["village"]["requests"][0]["url"].as_str().expect("a request").to_owned();
    assert!(url.ends_with("/second@x.org"), "{url}");
    assert_eq!(world.change("second", second).await.status, 200);
    assert_eq!(world.village.sent().last().expect("sent").url, url);
}
