use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{ALL, World, get, patch, post};

const BODY: &str = r#"{"email":"jo@x.org","given_name":"Jo"}"#;

#[actix_web::test]
async fn without_a_wish_to_wait_the_answer_comes_at_once() {
    let world = World::new().await;
    world.village.hang();
    let answer = world.call(patch("/v1/users/u", ALL, BODY)).await;
    assert_eq!((answer.status, answer.header("preference-applied")), (202, None));
    let village = &answer.json()["routes"]["village"];
    assert_eq!((&village["state"], &village["waiting_for"]), (&json!("pending"), &json!("turn")));
}

#[actix_web::test]
async fn a_wait_ends_when_the_last_route_is_done() {
    let world = World::new().await;
    world.village.hang();
    let request = patch("/v1/users/u", ALL, BODY).insert_header(("Prefer", "respond-async, wait=99"));
    let village = world.village.clone();
    let later = async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        village.go_on();
    };
    let (answer, ()) = tokio::join!(world.call(request), later);
    assert_eq!((answer.status, answer.header("preference-applied")), (200, Some("wait=30")));
    assert_eq!(answer.json()["routes"]["village"]["state"], "accepted");
}

#[actix_web::test]
async fn a_wait_that_is_too_short_is_answered_with_how_it_stands() {
    let world = World::new().await;
    world.village.hang();
    let started = Instant::now();
    let request = patch("/v1/users/u", ALL, BODY).insert_header(("Prefer", "wait=1"));
    let answer = world.call(request).await;
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!((answer.status, answer.header("preference-applied")), (202, Some("wait=1")));
    assert_eq!(answer.json()["routes"]["village"]["state"], "pending");
}

#[actix_web::test]
async fn a_preference_that_is_not_understood_is_ignored() {
    let world = World::new().await;
    for value in ["wait=0", "wait=x", "wait=-1", "return=minimal"] {
        let request = patch("/v1/users/u", ALL, "{}").insert_header(("Prefer", value));
        assert_eq!(world.call(request).await.header("preference-applied"), None, "{value}");
    }
}

#[actix_web::test]
async fn a_stop_answers_who_waits_and_refuses_who_comes_later() {
    let world = World::new().await;
    world.village.hang();
    let request = patch("/v1/users/u", ALL, BODY).insert_header(("Prefer", "wait=30"));
    let engine = world.engine.clone();
    let started = Instant::now();
    let stop = async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        engine.stop(Duration::from_millis(50)).await;
    };
    let (answer, ()) = tokio::join!(world.call(request), stop);
    assert_eq!(answer.status, 202);
    assert!(started.elapsed() < Duration::from_secs(20));
    let late = world.call(patch("/v1/users/v", ALL, "{}")).await;
    assert_eq!((late.status, late.problem().as_deref()), (503, Some("shutting-down")));
    assert_eq!(late.header("retry-after"), Some("5"));
    assert_eq!(world.call(get("/v1/users/u", ALL)).await.problem().as_deref(), Some("shutting-down"));
}

#[actix_web::test]
async fn a_failing_vendor_shows_as_backoff() {
    let world = World::new().await;
    (0..20).for_each(|_| world.village.answer(503, ""));
    let request = patch("/v1/users/u", ALL, BODY).insert_header(("Prefer", "wait=1"));
    let answer = world.call(request).await.json();
    let village = &answer["routes"]["village"];
    assert_eq!(
        (&village["state"], &village["waiting_for"]),
        (&json!("pending"), &json!("backoff")),
        "{answer}"
    );
    assert!(village["attempts"].as_u64().is_some_and(|attempts| attempts > 0));
    assert_eq!(village["last_error"], json!({"kind": "unavailable", "status": 503}));
    assert!(village["next_attempt_at"].as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()));
}

#[actix_web::test]
async fn a_paused_route_shows_as_paused_and_goes_on_when_it_is_resumed() {
    let world = World::new().await;
    world.operate(post("/v1/routes/communal_main/pause", ALL, "")).await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    let answer = world.call(patch("/v1/users/c", ALL, body)).await.json();
    assert_eq!(answer["routes"]["communal_main"]["waiting_for"], "route_paused");
    world.operate(post("/v1/routes/communal_main/resume", ALL, "")).await;
    let path = format!("/v1/updates/{}?wait=20", answer["id"].as_str().expect("an id"));
    assert_eq!(world.call(get(&path, ALL)).await.json()["routes"]["communal_main"]["state"], "applied");
}

#[actix_web::test]
async fn the_wait_of_a_query_is_bounded() {
    let world = World::new().await;
    let id = world.delivered("u", BODY).await["id"].as_str().expect("an id").to_owned();
    for wait in ["31", "-1", "x", "1.5", ""] {
        let answer = world.call(get(&format!("/v1/updates/{id}?wait={wait}"), ALL)).await;
        assert_eq!(answer.status, 400, "{wait}");
    }
    assert_eq!(world.call(get(&format!("/v1/updates/{id}?wait=30"), ALL)).await.status, 200);
}
