//! What operators are told is how things are.

use serde_json::json;

use crate::support::{OPERATE, World, get, post};

const PERSON: &str =
    r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;

async fn lane(world: &World, user: &str, route: &str) -> serde_json::Value {
    let lanes = world.operate(get(&format!("/v1/lanes?user={user}&route={route}"), OPERATE)).await.json();
    lanes["lanes"][0].clone()
}

#[actix_web::test]
async fn a_lane_that_is_in_step_is_not_said_to_be_tried_again() {
    let world = World::new().await;
    world.communal.answer(200, r#"{"id":2}"#);
    world.delivered("u", PERSON).await;
    let id = lane(&world, "u", "communal_main").await["id"].clone();
    let answer = world.operate(post(&format!("/v1/lanes/{id}/retry"), OPERATE, "")).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (409, Some("act-refused")));
    let answer = world.operate(post("/v1/lanes/retry?user=u", OPERATE, "")).await;
    assert_eq!((answer.status, &answer.json()["lanes"]), (200, &json!(0)));
    let entries = world.operate(get("/v1/audit?kind=retry", OPERATE)).await.json();
    assert_eq!(entries["entries"], json!([]), "nothing was done");
}

#[actix_web::test]
async fn what_stands_in_a_body_is_not_passed_over() {
    let world = World::new().await;
    world.communal.answer(403, "{}");
    world.delivered("u", PERSON).await;
    for path in ["/v1/lanes/retry", "/v1/routes/village/pause", "/v1/reload", "/v1/verify"] {
        let body = r#"{"route":"village"}"#;
        let request = post(path, OPERATE, body).insert_header(("content-length", body.len()));
        let answer = world.operate(request).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert!(answer.text.contains("query"), "{path}: {}", answer.text);
    }
    assert_eq!(lane(&world, "u", "communal_main").await["state"], "blocked", "nothing was tried again");
    let routes = world.operate(get("/v1/routes", OPERATE)).await.json();
    assert_eq!(routes["routes"]["village"]["state"], "open");
}

#[actix_web::test]
async fn what_was_never_confirmed_has_no_version_that_was_confirmed() {
    let world = World::new().await;
    world.delivered("u", r#"{"nickname":"B","identities":{"communal_main":"1"}}"#).await;
    let lane = lane(&world, "u", "communal_main").await;
    assert_eq!((&lane["reason"], &lane["standing"]), (&json!("needs_data"), &json!("blocked")), "{lane}");
    assert_eq!(lane.get("confirmed_at"), None, "{lane}");
    let story = world.operate(get(&format!("/v1/lanes/{}", lane["id"]), OPERATE)).await.json();
    assert_eq!((story.get("confirmed_version"), story.get("keeps")), (None, None), "{story}");
}

#[actix_web::test]
async fn a_route_says_why_it_does_not_send_and_how_the_last_attempt_failed() {
    let world = World::new().await;
    world.communal.answer(200, r#"{"id":3,"email":"somebody@else.org"}"#);
    world.delivered("u", PERSON).await;
    let route = world.operate(get("/v1/routes", OPERATE)).await.json()["routes"]["communal_main"].clone();
    assert_eq!((&route["state"], &route["reason"]), (&json!("paused"), &json!("wrong_subject")), "{route}");
    assert_eq!(route["last_failure"]["failure"], "wrong_subject", "{route}");
    let found = world.operate(post("/v1/doctor?route=communal_main", OPERATE, "")).await.json();
    let findings = found["routes"][0]["findings"].as_array().expect("findings").clone();
    let sending =
        findings.iter().find(|finding| finding["check"] == "sending").expect("a word about the pause");
    assert_eq!(sending["health"], "failed", "{sending}");
    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let route = world.operate(get("/v1/routes", OPERATE)).await.json()["routes"]["communal_main"].clone();
    assert_eq!(route["reason"], "wrong_subject", "a pause by hand does not hide it");
    let resumed = world.operate(post("/v1/routes/communal_main/resume", OPERATE, "")).await.json();
    assert_eq!(resumed["state"], "open");
}
