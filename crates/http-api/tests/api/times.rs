//! What is said of a next try is so: no time that is past or before the route's own, and no promise of a try that nothing makes.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get, patch, post},
};

fn time(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no time"))
}

#[actix_web::test]
async fn the_next_attempt_of_an_update_is_not_before_that_of_its_route() {
    let world = World::new().await;
    world.village.ask_for_pause(5_000);
    let body = r#"{"email":"jo@x.org","given_name":"Jo"}"#;
    let wait = ("Prefer", "wait=1");
    world.call(patch("/v1/users/u", ALL, body).insert_header(wait)).await;
    let other = r#"{"email":"ann@x.org","given_name":"Ann"}"#;
    world.call(patch("/v1/users/v", ALL, other).insert_header(wait)).await;
    let routes = world.call(get("/v1/routes", ALL)).await.json();
    let route = time(&routes["routes"]["village"]["next_try_at"]);
    for user in ["u", "v"] {
        let updates = world.call(get(&format!("/v1/users/{user}/updates"), ALL)).await.json();
        let village = &updates["updates"][0]["routes"]["village"];
        assert_eq!(
            (&village["state"], &village["waiting_for"]),
            (&json!("pending"), &json!("rate")),
            "{updates}"
        );
        assert!(time(&village["next_attempt_at"]) >= route, "{updates}, the route says {route}");
        let told = world.operate(get(&format!("/v1/users/{user}/routes/village"), OPERATE)).await.json();
        let next = told["next"].as_str().expect("a sentence");
        assert!(
            next.contains(&route.to_string()) && !next.contains("pause is over that the vendor"),
            "{next}"
        );
    }
    let lanes = world.operate(get("/v1/lanes?route=village", OPERATE)).await.json();
    for lane in lanes["lanes"].as_array().expect("lanes") {
        assert!(time(&lane["next_attempt_at"]) >= route, "{lane}");
    }
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    let updates = world.call(get("/v1/users/u/updates", ALL)).await.json();
    let village = &updates["updates"][0]["routes"]["village"];
    assert_eq!(village["waiting_for"], "route_paused");
    assert_eq!(village.get("next_attempt_at"), None, "nobody knows when somebody resumes it: {village}");
}

#[actix_web::test]
async fn a_retry_that_can_change_nothing_is_not_offered_and_not_promised() {
    let world = World::new().await;
    world.delivered("u", r#"{"nickname":"C","identities":{"communal_main":"2"}}"#).await;
    let visitor = Visitor::new(&world, OPERATE).await;
    let page = visitor.get("/lanes").await.text;
    assert!(page.contains("needs data") && !page.contains("Retry u at communal_main"), "{page}");
    let lanes = world.operate(get("/v1/lanes?route=communal_main", OPERATE)).await.json();
    let id = &lanes["lanes"][0]["id"];
    let refused = world.operate(post(&format!("/v1/lanes/{id}/retry"), OPERATE, "")).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("the vendor needs email, family_name, given_name"), "{}", refused.text);
    visitor.post(&format!("/lanes/{id}/retry"), &[]).await;
    let page = visitor.get("/lanes").await.text;
    assert!(!page.contains("tried again") && page.contains("another try changes nothing"), "{page}");
}

#[actix_web::test]
async fn a_retry_at_a_route_that_is_paused_by_hand_says_what_it_waits_for() {
    let world = World::new().await;
    world.communal.answer(422, r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#);
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","phone_number":"+14165559999",
        "identities":{"communal_main":"2"}}"#;
    world.delivered("u", body).await;
    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let lanes = world.operate(get("/v1/lanes?route=communal_main", OPERATE)).await.json();
    let id = &lanes["lanes"][0]["id"];
    let visitor = Visitor::new(&world, OPERATE).await;
    visitor.post(&format!("/lanes/{id}/retry"), &[]).await;
    let page = visitor.get("/lanes").await.text;
    assert!(page.contains("is tried again when somebody resumes the route, not before"), "{page}");
    let retried = world.operate(post("/v1/routes/communal_main/retry", OPERATE, "")).await.json();
    assert!(retried["hint"].as_str().is_some_and(|hint| hint.contains("resumes the route")), "{retried}");
}

#[actix_web::test]
async fn what_a_route_that_is_paused_by_hand_keeps_back_is_nowhere_said_to_be_tried_again() {
    let world = World::new().await;
    world.communal.answer(422, r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#);
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","phone_number":"+14165559999",
        "identities":{"communal_main":"2"}}"#;
    world.delivered("u", body).await;
    world.rest().await;
    let explained = async || world.operate(get("/v1/users/u/routes/communal_main", OPERATE)).await.json();
    let told = explained().await;
    let next = told["next"].as_str().expect("a sentence");
    assert!(next.starts_with("the refused value is tried again at"), "{told}");
    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let story = world.operate(get(&format!("/v1/lanes/{}", told["lane"]), OPERATE)).await.json();
    for told in [explained().await, story] {
        let next = told["next"].as_str().expect("a sentence");
        assert_eq!(next, "sent when somebody resumes the route: routes resume communal_main", "{told}");
    }
    let update = world.call(get("/v1/users/u/updates", ALL)).await.json()["updates"][0].clone();
    let route = &update["routes"]["communal_main"];
    assert_eq!((&route["state"], route.get("next_attempt_at")), (&json!("held"), None), "{update}");
    let path = format!("/v1/lanes/{}/retry", told["lane"]);
    let retried = world.operate(post(&path, OPERATE, "")).await.json();
    assert!(retried["hint"].as_str().is_some_and(|hint| hint.contains("resumes the route")), "{retried}");
    let retried = world.operate(post("/v1/lanes/retry?route=communal_main", OPERATE, "")).await.json();
    assert!(retried["hint"].as_str().is_some_and(|hint| hint.contains("resumes the route")), "{retried}");
    let story = world.operate(get(&format!("/v1/lanes/{}", told["lane"]), OPERATE)).await.json();
    assert!(story["lane"]["held"]["phone_number"].is_object(), "{story}");
    for told in [&story["lane"]["held"]["phone_number"], &explained().await["fields"]["phone_number"]["held"]]
    {
        assert!(told["next_try_at"].is_null(), "nobody knows when: {told}");
    }
    let visitor = Visitor::new(&world, OPERATE).await;
    visitor.post("/routes/communal_main/retry", &[]).await;
    let page = visitor.get("/routes/communal_main").await.text;
    assert!(page.contains("is tried again for 1 user; sent when somebody resumes the route"), "{page}");
}
