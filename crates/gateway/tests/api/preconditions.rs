use actix_web::test::TestRequest;

use crate::support::{ALL, Answer, World, patch};

async fn send(world: &World, header: (&str, &str), title: &str) -> Answer {
    let request: TestRequest = patch("/v1/users/u", ALL, format!("{{\"title\":\"{title}\"}}"));
    world.call(request.insert_header((header.0, header.1))).await
}

#[actix_web::test]
async fn a_lost_race_is_told_and_changes_nothing() {
    let world = World::new().await;
    let created = send(&world, ("If-None-Match", "*"), "a").await;
    assert_eq!((created.status, created.header("etag")), (202, Some("\"1\"")));
    assert_eq!(created.json()["created"], true);
    let again = send(&world, ("If-None-Match", "*"), "b").await;
    assert_eq!((again.status, again.problem().as_deref()), (412, Some("version-mismatch")));
    let second = send(&world, ("If-Match", "\"1\""), "b").await;
    assert_eq!((second.status, second.header("etag")), (202, Some("\"2\"")));
    let late = send(&world, ("If-Match", "\"1\""), "c").await;
    assert_eq!((late.status, late.problem().as_deref()), (412, Some("version-mismatch")));
    assert!(late.text.contains("version 2"));
    assert_eq!(send(&world, ("If-Match", "*"), "c").await.status, 202);
    let user = world.call(crate::support::get("/v1/users/u", ALL)).await;
    assert_eq!((user.json()["title"].as_str(), user.header("etag")), (Some("c"), Some("\"3\"")));
}

#[actix_web::test]
async fn a_user_that_must_exist_is_not_created() {
    let world = World::new().await;
    for value in ["*", "\"1\""] {
        let answer = send(&world, ("If-Match", value), "a").await;
        assert_eq!((answer.status, answer.problem().as_deref()), (412, Some("version-mismatch")), "{value}");
    }
    assert!(!world.knows("u").await);
}

#[actix_web::test]
async fn a_precondition_that_cannot_be_met_exactly_is_refused() {
    let world = World::new().await;
    for header in [
        ("If-Match", "W/\"1\""),
        ("If-Match", "\"1\", \"2\""),
        ("If-Match", "1"),
        ("If-Match", ""),
        ("If-None-Match", "\"1\""),
        ("If-None-Match", "W/\"1\""),
    ] {
        let answer = send(&world, header, "a").await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{header:?}");
    }
    let both = patch("/v1/users/u", ALL, "{}").insert_header(("If-Match", "*"));
    assert_eq!(world.call(both.insert_header(("If-None-Match", "*"))).await.status, 400);
    assert!(!world.knows("u").await);
}
