use serde_json::json;

use crate::support::{ALL, World, captured, get, patch, post};

/// Values that must never be seen outside of the store and the vendors.
const CANARIES: [&str; 9] = [
    "canary-given",
    "canary-family",
    "canary-mail",
    "5559871234",
    "canary-street",
    "canary-custom",
    "canary-subject",
    "canary-token",
    "canary-query",
];

#[actix_web::test]
async fn no_log_line_at_any_level_has_a_value_a_key_or_a_user() {
    let world = World::new().await;
    let body = json!({
        "given_name": "canary-given", "family_name": "canary-family", "email": "canary-mail@x.org",
        "phone_number": "+14165559871234".get(..12), "address": {"street_address": "canary-street"},
        "custom": {"k": "canary-custom"}, "identities": {"usercom": "canary-subject", "communal_main": "1"},
    });
    world
        .communal
        .answer(422, r#"{"message":"canary-given is invalid","errors":{"first_name":["canary-given"]}}"#);
    world.village.answer(400, r#"{"message":"canary-mail@x.org is unknown"}"#);
    world.usercom.answer(500, "canary-given");
    let request = patch("/v1/users/canary-user", ALL, body.to_string());
    world
        .call(request.insert_header(("Prefer", "wait=1")).insert_header(("Idempotency-Key", "canary-key")))
        .await;
    world.call(post("/v1/users/canary-user/plan", ALL, body.to_string())).await;
    world.call(get("/v1/users/canary-user", ALL)).await;
    world.call(get("/v1/users/canary-user?token=canary-query", ALL)).await;
    world.call(get("/v1/users/canary-user", "pgw_canary-token")).await;
    for body in [r#"{"email":"canary-mail"}"#, r#"{"title":{"canary-given":1}}"#, "canary-given"] {
        let answer = world.call(patch("/v1/users/canary-user", ALL, body)).await;
        assert_eq!(answer.status, 400);
        assert!(
            !answer.text.contains("canary-given") && !answer.text.contains("canary-mail"),
            "{}",
            answer.text
        );
    }
    let log = captured();
    for canary in CANARIES.iter().chain(&["canary-user", "canary-key", "canary-credential", ALL]) {
        let line = log.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary}");
    }
}

#[actix_web::test]
async fn each_request_has_one_line_with_the_pattern_of_its_path() {
    let world = World::new().await;
    let answer = world.call(patch("/v1/users/u", ALL, "[]")).await;
    let id = answer.header("x-request-id").expect("an id");
    let log = captured();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(id)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line: serde_json::Value = serde_json::from_str(lines[0]).expect("a JSON line");
    let fields = &line["fields"];
    assert_eq!(
        (&fields["method"], &fields["route"], &fields["status"], &fields["key"], &fields["problem"]),
        (&json!("PATCH"), &json!("/v1/users/{id}"), &json!(400), &json!("all"), &json!("invalid-value"))
    );
    assert!(fields["took_ms"].is_u64());
}
