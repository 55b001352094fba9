use actix_web::http::Method;
use serde_json::json;

use crate::support::{ALL, Answer, ERASE, World, get, patch};

async fn erase(world: &World, user: &str) -> Answer {
    world.call(get(&format!("/v1/users/{user}"), ERASE).method(Method::DELETE)).await
}

#[actix_web::test]
async fn an_erased_user_is_gone_and_the_answer_says_who_may_hold_a_copy() {
    let world = World::new().await;
    let update = world.delivered("u", r#"{"email":"jo@x.org","given_name":"canary-erased"}"#).await;
    let answer = erase(&world, "u").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let erased = answer.json();
    assert_eq!((&erased["user"], &erased["version"]), (&json!("u"), &json!(2)));
    assert_eq!(erased["may_hold_a_copy"], json!(["village"]));
    assert_eq!(erase(&world, "u").await.json()["erased_at"], erased["erased_at"]);

    for request in [get("/v1/users/u", ALL), patch("/v1/users/u", ALL, r#"{"title":"x"}"#)] {
        let answer = world.call(request).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (410, Some("user-erased")));
    }
    let path = format!("/v1/updates/{}", update["id"].as_str().expect("an id"));
    let found = world.call(get(&path, ALL)).await;
    assert_eq!(found.json()["routes"]["village"]["state"], "erased");
    assert!(!found.text.contains("canary-erased"));
    let list = world.call(get("/v1/users/u/updates", ALL)).await;
    assert_eq!(list.json()["updates"][0]["routes"]["village"]["state"], "erased");
}

#[actix_web::test]
async fn an_erased_id_starts_over_only_when_asked_to() {
    let world = World::new().await;
    world.delivered("u", r#"{"title":"x"}"#).await;
    erase(&world, "u").await;
    let request = patch("/v1/users/u", ALL, r#"{"title":"y"}"#).insert_header(("If-None-Match", "*"));
    let answer = world.call(request).await;
    assert_eq!((answer.status, answer.header("etag")), (202, Some("\"3\"")));
    assert_eq!(answer.json()["created"], true);
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    assert_eq!((&user["title"], &user["version"]), (&json!("y"), &json!(3)));
}

#[actix_web::test]
async fn who_was_never_seen_cannot_be_erased() {
    let world = World::new().await;
    let answer = erase(&world, "nobody").await;
    assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("user-not-found")));
}
