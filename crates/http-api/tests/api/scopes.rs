use actix_web::test::TestRequest;

use crate::support::{ALL, CAREFUL, ERASE, OPERATE, READ, SLOW, UPDATE, World, get, patch, post};

/// Makes a request with a key.
type Call = fn(&str) -> TestRequest;

/// Everything that a caller can ask, with the keys that may.
fn calls() -> Vec<(&'static str, Call, &'static [&'static str])> {
    vec![
        ("patch", |key| patch("/v1/users/u", key, "{}"), &[ALL, UPDATE]),
        ("plan", |key| post("/v1/users/u/plan", key, "{}"), &[ALL]),
        ("user", |key| get("/v1/users/u", key), &[ALL, READ]),
        ("updates of a user", |key| get("/v1/users/u/updates", key), &[ALL, READ]),
        ("attention", |key| get("/v1/updates", key), &[ALL, READ]),
        ("update", |key| get("/v1/updates/0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b", key), &[ALL, READ]),
        ("user at a vendor", |key| get("/v1/users/u/vendors/usercom", key), &[ALL, READ]),
        ("fields", |key| get("/v1/routes/usercom/fields", key), &[ALL, READ]),
        ("routes", |key| get("/v1/routes", key), &[ALL, READ]),
        ("vendors", |key| get("/v1/vendors", key), &[ALL, READ]),
        ("erase", |key| get("/v1/users/nobody", key).method(actix_web::http::Method::DELETE), &[ALL, ERASE]),
    ]
}

fn operator_calls() -> Vec<(&'static str, Call)> {
    vec![
        ("lanes", |key| get("/v1/lanes", key)),
        ("lane", |key| get("/v1/lanes/1", key)),
        ("retry", |key| post("/v1/lanes/1/retry", key, "")),
        ("routes", |key| get("/v1/routes", key)),
        ("route retry", |key| post("/v1/routes/village/retry", key, "")),
        ("pause", |key| post("/v1/routes/village/pause", key, "")),
        ("resume", |key| post("/v1/routes/village/resume", key, "")),
        ("resync", |key| post("/v1/routes/village/resync", key, "")),
        ("verify", |key| post("/v1/verify?sample=1", key, "")),
        ("reload", |key| post("/v1/reload?confirm=true", key, "")),
        ("audit", |key| get("/v1/audit", key)),
        ("audit verify", |key| get("/v1/audit/verify", key)),
    ]
}

#[actix_web::test]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let world = World::new().await;
    world.delivered("u", r#"{"title":"x"}"#).await;
    for (name, request, allowed) in calls() {
        for key in [ALL, UPDATE, READ, OPERATE, ERASE] {
            let answer = world.call(request(key)).await;
            let refused = answer.problem().as_deref() == Some("forbidden");
            assert_eq!(refused, !allowed.contains(&key), "{name} with {key}: {}", answer.text);
            assert_eq!(refused, answer.status == 403);
        }
    }
    for (name, request) in operator_calls() {
        for key in [ALL, UPDATE, READ, OPERATE, ERASE] {
            let answer = world.operate(request(key)).await;
            let refused = answer.problem().as_deref() == Some("forbidden");
            assert_eq!(refused, key != ALL && key != OPERATE, "{name} with {key}: {}", answer.text);
        }
    }
}

#[actix_web::test]
async fn without_a_known_key_nothing_is_answered() {
    let world = World::new().await;
    let requests: Vec<Call> = calls().into_iter().map(|(_, request, _)| request).collect();
    for request in requests {
        for key in ["", "pgw_", "pgw_nobody", "pgw_al", "pgw_alll", "PGW_ALL"] {
            let answer = world.call(request(key)).await;
            assert_eq!((answer.status, answer.problem().as_deref()), (401, Some("unauthenticated")), "{key}");
        }
    }
    for value in [ALL.to_owned(), format!("Basic {ALL}"), format!("Bearer{ALL}"), format!("Token {ALL}")] {
        let request = TestRequest::get().uri("/v1/routes").insert_header(("Authorization", value.clone()));
        assert_eq!(world.call(request).await.status, 401, "{value}");
    }
    let twice = get("/v1/routes", ALL).append_header(("Authorization", format!("Bearer {ALL}")));
    assert_eq!(world.call(twice).await.status, 401);
    for (_, request) in operator_calls() {
        assert_eq!(world.operate(request("pgw_nobody")).await.status, 401);
    }
    assert_eq!(world.call(TestRequest::get().uri("/v1/openapi.json")).await.status, 200);
}

#[actix_web::test]
async fn a_key_in_the_url_is_refused() {
    let world = World::new().await;
    for query in ["access_token=pgw_all", "token=pgw_all", "key=pgw_all", "wait=1&apikey=pgw_all"] {
        let answer = world.call(get(&format!("/v1/routes?{query}"), ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{query}");
        let alone = world.call(TestRequest::get().uri(&format!("/v1/routes?{query}"))).await;
        assert_eq!(alone.status, 401, "{query}");
        let description = world.call(TestRequest::get().uri(&format!("/v1/openapi.json?{query}"))).await;
        assert_eq!((description.status, description.problem().as_deref()), (400, Some("invalid-value")));
    }
}

#[actix_web::test]
async fn headers_that_claim_something_about_the_sender_are_ignored() {
    let world = World::new().await;
    for (name, value) in
        [("X-Forwarded-For", "127.0.0.1"), ("X-User-Id", "admin"), ("Forwarded", "for=127.0.0.1")]
    {
        let request = get("/v1/routes", UPDATE).insert_header((name, value));
        assert_eq!(world.call(request).await.status, 403, "{name}");
    }
    let request = get("/v1/users/u", READ).insert_header(("X-HTTP-Method-Override", "DELETE"));
    assert_eq!(world.call(request).await.problem().as_deref(), Some("user-not-found"));
}

#[actix_web::test]
async fn a_key_that_may_not_create_users_changes_those_that_exist() {
    let world = World::new().await;
    let request = || patch("/v1/users/u", CAREFUL, r#"{"title":"x"}"#);
    let answer = world.call(request()).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("user-not-found")));
    assert!(!world.knows("u").await);
    world.delivered("u", r#"{"title":"y"}"#).await;
    assert_eq!(world.call(request()).await.status, 202);
}

#[actix_web::test]
async fn a_caller_above_its_rate_is_refused_before_its_body_is_read() {
    let world = World::new().await;
    let request = || patch("/v1/users/u", SLOW, r#"{"title":"x"}"#);
    assert_eq!(world.call(request()).await.status, 202);
    // The second one has a body that would be refused if anybody looked at it.
    let answer = world.call(patch("/v1/users/u", SLOW, "no JSON")).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (429, Some("rate-limited")));
    assert_eq!(answer.header("retry-after"), Some("1"));
}
