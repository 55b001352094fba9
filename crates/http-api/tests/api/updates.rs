use std::time::Duration;

use serde_json::json;

use crate::support::{ALL, Answer, UPDATE, World, get, patch};

async fn send(world: &World, key: &str, body: &str) -> Answer {
    let request = patch("/v1/users/u", ALL, body).insert_header(("Idempotency-Key", key));
    world.call(request.insert_header(("Prefer", "wait=20"))).await
}

#[actix_web::test]
async fn an_answer_says_what_became_of_each_leaf_at_each_route() {
    let world = World::new().await;
    let body = json!({
        "phone_number": "+1 (416) 555-1234", "title": "Coach", "email": "jo@x.org",
        "identities": {"communal_main": 89},
    });
    let answer = world.change("crm-42", body.to_string()).await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"1\"")));
    assert_eq!(answer.header("preference-applied"), Some("wait=20"));
    let update = answer.json();
    let id = update["id"].as_str().expect("an id");
    assert_eq!(answer.header("location"), Some(format!("/v1/updates/{id}").as_str()));
    assert_eq!(
        (&update["user"], &update["version"], &update["changed"]),
        (&json!("crm-42"), &json!(1), &json!(true))
    );
    assert!(update["accepted_at"].as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()));
    let communal = &update["routes"]["communal_main"];
    assert_eq!((&communal["state"], &communal["reason"]), (&json!("blocked"), &json!("needs_data")));
    assert_eq!(communal["leaves"]["family_name"], "missing");
    assert_eq!(communal["hint"], "send family_name, given_name");
    assert!(communal.get("operator").is_none());
    let village = &update["routes"]["village"];
    assert_eq!(village["state"], "accepted");
    assert_eq!(
        village["leaves"],
        json!({"email": "unsupported", "phone_number": "accepted", "title": "unsupported"})
    );
    assert_eq!(update["routes"]["usercom"]["state"], "no_identity");
    assert_eq!(update["routes"]["usercom"].get("leaves"), None);
    assert_eq!(world.village.last_body(), json!({"phone_number": "+14165551234"}));
    assert_eq!(world.call(get(&format!("/v1/updates/{id}"), ALL)).await.json(), update);
}

#[actix_web::test]
async fn a_change_that_changes_nothing_has_no_version_of_its_own() {
    let world = World::new().await;
    world.delivered("u", r#"{"title":"x"}"#).await;
    let answer = world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"1\"")));
    assert_eq!(answer.json()["changed"], false);
}

#[actix_web::test]
async fn a_repeated_request_is_carried_out_once() {
    let world = World::new().await;
    let body = r#"{"email":"jo@x.org","given_name":"Jo"}"#;
    let first = send(&world, "key-1", body).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, None));
    // The quoted form is the same key, and white space is not part of the body's meaning.
    let again = send(&world, "\"key-1\"", r#"{ "given_name": "Jo", "email": "jo@x.org" }"#).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.json(), first.json());
    assert_eq!(world.village.sent().len(), 1);
    let other = send(&world, "key-1", r#"{"title":"y"}"#).await;
    assert_eq!((other.status, other.problem().as_deref()), (422, Some("idempotency-mismatch")));
    let moved = patch("/v1/users/other", ALL, body).insert_header(("Idempotency-Key", "key-1"));
    assert_eq!(world.call(moved).await.status, 422);
    let guarded = patch("/v1/users/u", ALL, body).insert_header(("Idempotency-Key", "key-1"));
    assert_eq!(world.call(guarded.insert_header(("If-Match", "*"))).await.status, 422);
    // Another caller's keys are its own.
    let theirs = patch("/v1/users/u", UPDATE, r#"{"title":"z"}"#).insert_header(("Idempotency-Key", "key-1"));
    assert_eq!(world.call(theirs).await.status, 202);
}

#[actix_web::test]
async fn a_key_is_remembered_for_a_day_unless_configured_otherwise() {
    let world = World::new().await;
    let send = async || {
        let request =
            patch("/v1/users/u", ALL, r#"{"title":"x"}"#).insert_header(("Idempotency-Key", "key-1"));
        world.call(request).await.header("idempotency-replayed").is_some()
    };
    assert!(!send().await);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(24 * 60 * 60 - 5)).await;
    assert!(send().await, "almost a day later");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert!(!send().await, "a day later");
}

#[actix_web::test]
async fn a_replay_shows_how_it_stands_now_and_goes_before_the_precondition() {
    let world = World::new().await;
    world.village.hang();
    let request = |body: &str| {
        patch("/v1/users/u", ALL, body)
            .insert_header(("Idempotency-Key", "k"))
            .insert_header(("If-None-Match", "*"))
    };
    let body = r#"{"email":"jo@x.org","given_name":"Jo"}"#;
    let first = world.call(request(body)).await;
    assert_eq!((first.status, &first.json()["routes"]["village"]["state"]), (202, &json!("pending")));
    world.village.go_on();
    let wait = format!("/v1/updates/{}?wait=20", first.json()["id"].as_str().expect("an id"));
    assert_eq!(world.call(get(&wait, ALL)).await.json()["routes"]["village"]["state"], "accepted");
    let again = world.call(request(body)).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json()["routes"]["village"]["state"], "accepted");
    assert_eq!(again.json()["id"], first.json()["id"]);
}

#[actix_web::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let world = World::new().await;
    assert_eq!(send(&world, "k", r#"{"titel":"x"}"#).await.status, 400);
    assert_eq!(send(&world, "k", r#"{"title":"x"}"#).await.status, 200);
}

#[actix_web::test]
async fn b70_an_idempotency_key_that_is_none_is_refused() {
    let world = World::new().await;
    for key in ["", "\"\"", "a b", &"k".repeat(300), "\u{e9}"] {
        let answer = send(&world, key, r#"{"title":"x"}"#).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{key:?}");
    }
    let twice = patch("/v1/users/u", ALL, "{}").append_header(("Idempotency-Key", "a"));
    assert_eq!(world.call(twice.append_header(("Idempotency-Key", "a"))).await.status, 400);
    assert!(!world.knows("u").await);
}

#[actix_web::test]
async fn the_updates_of_a_user_come_in_pages_newest_first() {
    let world = World::new().await;
    for at in 0..5 {
        world.delivered("u", &json!({"title": format!("t{at}")}).to_string()).await;
    }
    let mut versions = Vec::new();
    let mut path = "/v1/users/u/updates?limit=2".to_owned();
    loop {
        let page = world.call(get(&path, ALL)).await.json();
        let updates = page["updates"].as_array().expect("updates");
        assert!(updates.len() <= 2);
        versions.extend(updates.iter().map(|update| update["version"].as_u64().expect("a version")));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/users/u/updates?limit=2&after={next}");
    }
    assert_eq!(versions, [5, 4, 3, 2, 1]);
    for query in ["limit=0", "limit=101", "limit=x", "after=x", "after=", "offset=1"] {
        assert_eq!(
            world.call(get(&format!("/v1/users/u/updates?{query}"), ALL)).await.status,
            400,
            "{query}"
        );
    }
}

#[actix_web::test]
async fn an_update_whose_leaves_were_all_replaced_says_by_what() {
    let world = World::new().await;
    let first = world.delivered("u", r#"{"title":"a"}"#).await;
    world.delivered("u", r#"{"title":"b"}"#).await;
    let path = format!("/v1/updates/{}", first["id"].as_str().expect("an id"));
    assert_eq!(world.call(get(&path, ALL)).await.json()["superseded_by"], 2);
}
