use actix_web::{http::Method, test::TestRequest};
use serde_json::Value;

use crate::support::{ALL, World, get};

#[actix_web::test]
async fn b69_a_path_that_is_only_nearly_one_is_not_found() {
    let world = World::new().await;
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/V1/users/u",
        "/v1/Users/u",
        "/v1/users",
        "/v1/users/",
        "/v1/users/u/",
        "//v1/users/u",
        "/v1//users/u",
        "/v1/users//updates",
        "/v1/users/u/updates/",
        "/v1/users/u/plan/x",
        "/v1/users/%2e%2e/admin",
        "/v1/users/../routes",
        "/v1/lanes",
        "/metrics",
        "/ready",
        "/v2/users/u",
    ] {
        let answer = world.call(get(path, ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("not-found")), "{path}");
    }
    for path in ["/v1/users/u;x", "/v1/users/%252e%252e", "/v1/users/..", "/v1/users/a%2Fb", "/v1/users/u%20"]
    {
        let answer = world.call(get(path, ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{path}");
    }
}

#[actix_web::test]
async fn b70_a_method_that_a_resource_does_not_have_is_answered_with_those_it_has() {
    let world = World::new().await;
    let methods = ["PUT", "POST", "TRACE", "QUERY", "MADE-UP"];
    for method in methods {
        let method = Method::from_bytes(method.as_bytes()).expect("a token");
        let answer = world.call(TestRequest::default().method(method.clone()).uri("/v1/users/u")).await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (405, Some("method-not-allowed")),
            "{method}"
        );
        assert_eq!(answer.header("allow"), Some("GET, HEAD, PATCH, DELETE, OPTIONS"));
    }
    for path in ["/v1/users/u/updates", "/v1/updates", "/v1/routes", "/v1/vendors", "/v1/openapi.json"] {
        let answer = world.call(TestRequest::delete().uri(path)).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{path}");
    }
    let answer = world.call(TestRequest::get().uri("/v1/users/u/plan")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")));
}

#[actix_web::test]
async fn the_description_of_the_api_is_served_as_it_is_printed() {
    let world = World::new().await;
    let answer = world.call(TestRequest::get().uri("/v1/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.text, http_api::callers::openapi());
    let document: Value = answer.json();
    assert!(document["paths"]["/v1/users/{id}"]["patch"]["responses"]["422"].is_object());
}
