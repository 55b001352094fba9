use serde_json::json;

use super::visitor::Visitor;
use crate::support::{ALL, OPERATE, World, get};

#[actix_web::test]
async fn a_route_is_paused_and_resumed_and_the_audit_names_the_key() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, OPERATE).await;
    for (act, state, says) in [("pause", "paused", "is paused"), ("resume", "open", "sends again")] {
        let answer = visitor.post(&format!("/routes/village/{act}"), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/routes/village")));
        let page = visitor.get("/routes/village").await.text;
        assert!(page.contains(says) && page.contains(&format!("badge {state}")), "{page}");
        assert!(!visitor.get("/routes/village").await.text.contains(says), "a notice is shown once");
    }
    let audit = world.operate(get("/v1/audit", OPERATE)).await.json();
    let acts: Vec<_> = audit["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| (&entry["kind"], &entry["who"]))
        .collect();
    assert!(acts.contains(&(&json!("pause"), &json!("operate"))), "{audit}");
    assert!(acts.contains(&(&json!("resume"), &json!("operate"))), "{audit}");
    for missing in ["/routes/nowhere/pause", "/routes/village/explode", "/lanes/999/retry"] {
        assert_eq!(visitor.post(missing, &[]).await.status, 404, "{missing}");
    }
}

#[actix_web::test]
async fn a_resync_sends_everything_again() {
    let world = World::new().await;
    world.delivered("u", r#"{"email":"jo@x.org","given_name":"Jo"}"#).await;
    let visitor = Visitor::new(&world, OPERATE).await;
    visitor.post("/routes/village/resync", &[]).await;
    let page = visitor.get("/routes/village").await.text;
    assert!(page.contains("Everything is sent again for 1 user,"), "{page}");
}

#[actix_web::test]
async fn a_blocked_user_is_shown_with_its_reason_and_tried_again() {
    let world = World::new().await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.communal.answer(200, r#"{"id":3}"#);
    world.delivered("u", body).await;
    let visitor = Visitor::new(&world, ALL).await;
    let page = visitor.get("/lanes?route=communal_main&state=blocked").await.text;
    assert!(page.contains("wrong subject") && page.contains("/users/u"), "{page}");
    let (_, rest) = page.split_once("action=\"/lanes/").expect("a form");
    let id = rest.split('/').next().expect("an id");
    let story = visitor.get(&format!("/lanes/{id}")).await.text;
    assert!(story.contains("wrong subject") && story.contains("u at communal_main"), "{story}");
    // Such an answer pauses the route too; a retry alone does not open it.
    visitor.post("/routes/communal_main/resume", &[]).await;
    let retried = visitor.post(&format!("/lanes/{id}/retry"), &[("back", "/lanes?state=blocked")]).await;
    assert_eq!((retried.status, retried.header("location")), (303, Some("/lanes?state=blocked")));
    assert!(visitor.get("/lanes").await.text.contains("User u is tried again."));
    let away = visitor.post(&format!("/lanes/{id}/retry"), &[("back", "//evil.example")]).await;
    assert_eq!(away.header("location"), Some("/"));
}

#[actix_web::test]
async fn a_plan_shows_every_route_and_sends_nothing() {
    let world = World::new().await;
    world
        .delivered(
            "u",
            r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#,
        )
        .await;
    let visitor = Visitor::new(&world, ALL).await;
    let before = world.requests();
    let planned =
        visitor.post("/plan", &[("user", "u"), ("change", r#"{"nickname":"Bo","title":null}"#)]).await;
    assert_eq!(planned.status, 200);
    for part in [
        "plan-communal_main",
        "plan-village",
        "plan-usercom",
        "plan-communifire",
        "PUT http://127.0.0.1:9/",
        "unsupported",
    ] {
        assert!(planned.text.contains(part), "{part} is missing in {}", planned.text);
    }
    assert!(!planned.text.contains("canary-credential"), "a credential is shown");
    for (user, change, says) in [
        ("u", "{", "not valid JSON"),
        ("u", r#"{"nick":1}"#, "/nick"),
        ("u@x.org", "{}", "a user id is"),
        ("", "{}", "a user id is"),
    ] {
        let refused = visitor.post("/plan", &[("user", user), ("change", change)]).await;
        assert!(refused.status == 400 && refused.text.contains(says), "{change}: {}", refused.text);
    }
    assert_eq!(world.requests(), before);
}
