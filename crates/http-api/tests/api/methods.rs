//! HEAD, OPTIONS, and what is said to a method that a resource does not have or a request without a key.

use actix_web::{http::Method, test::TestRequest};

use crate::{
    sockets::Served,
    support::{ALL, World, get, patch},
};

#[actix_web::test]
async fn whatever_can_be_read_answers_head_without_a_body() {
    let callers = Served::new().await;
    let operators = Served::operators().await;
    callers.world.call(patch("/v1/users/u", ALL, r#"{"title":"a"}"#)).await;
    let of_callers = [
        "/v1/users/u",
        "/v1/users/u/updates",
        "/v1/updates",
        "/v1/routes",
        "/v1/vendors",
        "/v1/openapi.json",
    ];
    let of_operators =
        ["/live", "/ready", "/metrics", "/v1/lanes", "/v1/routes", "/v1/audit", "/v1/openapi.json", "/docs/"];
    for (served, paths) in [(&callers, &of_callers[..]), (&operators, &of_operators)] {
        for path in paths {
            let asked = |method: &str| {
                format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ALL}\r\n\r\n")
            };
            // A second request on the connection: a body would be taken for its answer.
            let last = asked("GET").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
            let heard = served.send(asked("HEAD") + &last).await;
            let length =
                |head: &str| head.lines().find(|line| line.starts_with("content-length")).map(str::to_owned);
            let (head, get) = heard.text.split_once("\r\n\r\n").expect("a head");
            assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
            if head.contains("connection: close") {
                // Nothing is carried out after an answer that needed no key; what comes is no body either.
                assert!(get.starts_with("HTTP/1.1 400"), "{path}: {get}");
            } else {
                assert!(get.starts_with("HTTP/1.1 200"), "{path}: {get}");
                assert_eq!(length(head), length(get), "{path}");
            }
        }
    }
    let heard = callers
        .send(format!("HEAD /v1/users/none HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ALL}\r\n\r\n"))
        .await;
    assert!(heard.text.starts_with("HTTP/1.1 404") && heard.text.ends_with("\r\n\r\n"), "{}", heard.text);
    callers.stop().await;
    operators.stop().await;
}

#[actix_web::test]
async fn options_tell_the_methods_and_the_types_of_a_patch() {
    let world = World::new().await;
    let options = |path: &str| TestRequest::default().method(Method::OPTIONS).uri(path);
    let answer = world.call(options("/v1/users/u")).await;
    assert_eq!((answer.status, answer.header("allow")), (204, Some("GET, HEAD, PATCH, DELETE, OPTIONS")));
    assert_eq!(answer.header("accept-patch"), Some("application/merge-patch+json, application/json"));
    let answer = world.call(options("/v1/users/u/plan")).await;
    assert_eq!(
        (answer.status, answer.header("allow"), answer.header("accept-patch")),
        (204, Some("POST, OPTIONS"), None)
    );
    assert_eq!(world.operate(options("/live")).await.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(world.call(options("/nowhere")).await.status, 404);
    let served = Served::new().await;
    let heard = served.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(heard.statuses(), [204], "{}", heard.text);
    served.stop().await;
}

#[actix_web::test]
async fn a_refusal_says_which_header_or_method_is_meant() {
    let world = World::new().await;
    let typed = patch("/v1/users/u", ALL, "{}").insert_header(("Content-Type", "text/plain"));
    let answer = world.call(typed).await;
    assert_eq!((answer.status, answer.header("accept-patch").is_some()), (415, true));
    let lower = patch("/v1/users/u", ALL, "{}").method(Method::from_bytes(b"patch").expect("a token"));
    let answer = world.call(lower).await;
    assert_eq!((answer.status, answer.text.contains("send PATCH")), (405, true), "{}", answer.text);
    let challenge = |answer: &crate::support::Answer| answer.header("www-authenticate").map(str::to_owned);
    let answer = world.call(get("/v1/routes", "pgw_nobody")).await;
    assert_eq!(
        challenge(&answer).as_deref(),
        Some(r#"Bearer realm="profile-gateway", error="invalid_token""#)
    );
    let answer = world.call(TestRequest::get().uri("/v1/routes")).await;
    assert_eq!(challenge(&answer).as_deref(), Some(r#"Bearer realm="profile-gateway""#));
}
