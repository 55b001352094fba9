use serde_json::json;

use super::visitor::Visitor;
use crate::support::{ALL, World, captured};

#[actix_web::test]
async fn hostile_texts_of_callers_and_vendors_are_texts() {
    let world = World::new().await;
    let hostile = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    let refusal = json!({ "message": hostile }).to_string();
    world.communal.answer(400, &refusal);
    let body = json!({"nickname": hostile, "custom": {"k": hostile}, "given_name": "C", "family_name": "C",
        "email": "c@x.org", "identities": {"communal_main": "2"}});
    world.change("u", body.to_string()).await;
    let visitor = Visitor::new(&world, ALL).await;
    let user = visitor.get("/users/u").await.text;
    assert!(user.contains("&#60;script&#62;alert(1)"), "{user}");
    let (_, rest) = user.split_once("href=\"/lanes/").expect("a lane");
    let lane = visitor.get(&format!("/lanes/{}", rest.split('"').next().expect("an id"))).await.text;
    let planned = visitor.post("/plan", &[("user", hostile), ("change", &body.to_string())]).await.text;
    let search = visitor.get("/users?id=%3Cscript%3Ealert(1)%3C/script%3E").await.text;
    for page in [user, lane, planned, search] {
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    }
}

#[actix_web::test]
async fn a_person_is_shown_on_its_page_and_neither_in_titles_nor_in_the_log() {
    let world = World::new().await;
    let body = json!({"given_name": "canary-page-given", "email": "canary-page@x.org", "tags": ["a", "b"], "title": null,
        "identities": {"usercom": "canary-page-subject"}});
    world.delivered("canary-page-user", &body.to_string()).await;
    let visitor = Visitor::new(&world, ALL).await;
    let answer = visitor.get("/users/canary-page-user").await;
    for part in
        ["canary-page-given", "canary-page@x.org", "canary-page-subject", "a, b", "cleared", "no identity"]
    {
        assert!(answer.text.contains(part), "{part} is missing in {}", answer.text);
    }
    assert!(answer.text.contains("<title>User – profile-gateway</title>"));
    visitor
        .post("/plan", &[("user", "canary-page-user"), ("change", r#"{"nickname":"canary-page-nick"}"#)])
        .await;
    let found = visitor.get("/users?id=canary-page-user").await;
    assert_eq!(found.header("location"), Some("/users/canary-page-user"));
    let log = captured();
    for canary in ["canary-page", ALL, &visitor.token] {
        assert_eq!(log.lines().find(|line| line.contains(canary)), None, "{canary}");
    }
}

#[actix_web::test]
async fn unknown_filters_and_names_are_refused_with_what_is_valid() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, ALL).await;
    for (path, status, says) in [
        ("/lanes?state=odd", 400, "blocked, held"),
        ("/lanes?route=nowhere", 400, "no such route"),
        ("/lanes?key=pgw_x", 400, "older_than"),
        ("/routes/nowhere", 404, "There is nothing here"),
        ("/users/nobody", 404, "There is no such user"),
        ("/users/a@b", 400, "a user id is"),
        ("/lanes/7", 404, "There is nothing here"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text.contains(says) && !answer.text.contains("pgw_x"), "{path}: {}", answer.text);
    }
}
