use std::sync::atomic::Ordering;

use serde_json::json;
use testkit::memory_store::CommitFailure;

use crate::support::{ALL, OPERATE, World, captured, get, patch, post};

#[actix_web::test]
async fn a_full_disk_refuses_and_the_next_request_is_served() {
    let world = World::new().await;
    world.rest().await;
    world.store.fail_next_commit(CommitFailure::Full);
    let answer = world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (503, Some("storage-full")));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await.status, 202);
}

#[actix_web::test]
async fn a_commit_of_unknown_outcome_is_never_called_a_success() {
    for failure in [CommitFailure::Lost, CommitFailure::Done] {
        let world = World::new().await;
        world.rest().await;
        world.store.fail_next_commit(failure);
        let answer = world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (503, Some("outcome-unknown")),
            "{failure:?}"
        );
        assert!(!answer.text.contains("commit was made"), "the cause is not for callers");
        let answer = world.call(get("/v1/users/u", ALL)).await;
        assert_eq!(answer.status, 503, "{failure:?}");
    }
}

#[actix_web::test]
async fn a_panic_in_a_handler_leaves_the_caller_with_an_answer_and_is_counted_and_logged() {
    let world = World::new().await;
    world.reloader.panics.store(true, Ordering::SeqCst);
    let answer = world.operate(post("/v1/reload?dry_run=true", OPERATE, "")).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (503, Some("outcome-unknown")));
    assert!(!answer.text.contains("canary-panic"));
    let id = answer.header("x-request-id").expect("an id");
    let log = captured();
    let mut lines = log.lines().filter(|line| line.contains(id));
    assert!(lines.next().is_some_and(|line| line.contains("a handler failed")), "{log}");
    let line = lines.next().expect("the line about the request");
    let line: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
    let fields = &line["fields"];
    assert_eq!(
        (&fields["route"], &fields["status"], &fields["key"], &fields["problem"]),
        (&json!("/v1/reload"), &json!(503), &json!("operate"), &json!("outcome-unknown"))
    );
    let metrics = world.operate(get("/metrics", "")).await.text;
    for counted in [
        "profile_gateway_request_seconds_count{method=\"POST\",path=\"/v1/reload\",status=\"5xx\"} 1",
        "profile_gateway_problems_total{type=\"outcome-unknown\"} 1",
    ] {
        assert!(metrics.lines().any(|line| line == counted), "{counted} is missing in\n{metrics}");
    }
}
