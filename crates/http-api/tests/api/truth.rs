//! What is said of a user at a vendor is so, on every surface.

use serde_json::json;

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, READ_OPERATE, World, get, patch, post},
};

/// A person of whom a vendor refuses everything, and the id of their lane there.
async fn refused(world: &World) -> String {
    for _ in 0..9 {
        world.communal.answer(422, r#"{"message":"The given data was invalid."}"#);
    }
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","nickname":"N","identities":{"communal_main":"2"}}"#;
    world.delivered("u", body).await;
    let lanes = world.operate(get("/v1/lanes?route=communal_main", OPERATE)).await.json();
    lanes["lanes"][0]["id"].to_string()
}

#[actix_web::test]
async fn of_whom_nothing_was_taken_nothing_is_confirmed_and_the_failures_are_counted() {
    let world = World::new().await;
    let id = refused(&world).await;
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    let communal = &user["routes"]["communal_main"];
    assert_eq!(communal.get("confirmed_version"), None, "{user}");
    assert!(["blocked", "held"].contains(&communal["state"].as_str().expect("a word")), "{user}");
    let story = world.operate(get(&format!("/v1/lanes/{id}"), OPERATE)).await.json();
    assert_eq!((story.get("confirmed_version"), story["lane"].get("confirmed_at")), (None, None), "{story}");
    let failed = story["attempts"].as_array().expect("attempts").len();
    assert!(failed > 0, "{story}");
    let page = Visitor::new(&world, OPERATE).await.get(&format!("/lanes/{id}")).await.text;
    assert!(page.contains(&format!("<dt>Failures in a row</dt><dd>{failed}</dd>")), "{page}");
    assert!(page.contains("nothing yet") && !page.contains("in step"), "{page}");
}

#[actix_web::test]
async fn what_the_route_does_not_carry_confirms_nothing_of_whom_nothing_was_taken() {
    let world = World::new().await;
    world.delivered("u", r#"{"title":"Coach"}"#).await;
    refused(&world).await;
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    let communal = &user["routes"]["communal_main"];
    assert_eq!((&user["version"], communal.get("confirmed_version")), (&json!(2), None), "{user}");
    let explained = world.operate(get("/v1/users/u/routes/communal_main", OPERATE)).await.json();
    assert_eq!(
        (explained.get("confirmed_version"), explained.get("confirmed_at")),
        (None, None),
        "{explained}"
    );
}

#[actix_web::test]
async fn to_whom_nothing_was_sent_is_not_in_step() {
    let world = World::new().await;
    world.delivered("u", r#"{"title":"Coach","identities":{"communal_main":"2"}}"#).await;
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    let communal = &user["routes"]["communal_main"];
    assert_eq!(
        (&communal["state"], communal.get("confirmed_version")),
        (&json!("nothing_sent"), None),
        "{user}"
    );
    let page = Visitor::new(&world, ALL).await.get("/users/u").await.text;
    assert!(page.contains("badge nothing sent") && !page.contains("badge in step"), "{page}");
}

#[actix_web::test]
async fn no_field_of_a_route_that_has_sent_nothing_is_called_sent() {
    let world = World::new().await;
    let blocked = world.delivered("u", r#"{"nickname":"C","identities":{"communal_main":"2"}}"#).await;
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    let pending =
        world.call(patch("/v1/users/v", ALL, r#"{"email":"v@x.org","given_name":"V"}"#)).await.json();
    for (update, route, state) in [(&blocked, "communal_main", "blocked"), (&pending, "village", "pending")] {
        let route = &update["routes"][route];
        assert_eq!(route["state"], state, "{update}");
        assert!(!route["leaves"].to_string().contains("sent\""), "{update}");
    }
    assert_eq!(blocked["routes"]["communal_main"]["leaves"]["nickname"], "waiting", "{blocked}");
    assert_eq!(pending["routes"]["village"]["leaves"]["given_name"], "waiting", "{pending}");
    assert_eq!(world.requests(), 0);
}

#[actix_web::test]
async fn a_required_value_that_is_too_long_is_called_so_everywhere() {
    let world = World::new().await;
    let body = json!({ "given_name": "x".repeat(300), "family_name": "C", "email": "c@x.org",
        "identities": { "communal_main": "2" } });
    let plan = world.call(post("/v1/users/u/plan", ALL, body.to_string())).await.json();
    let update = world.delivered("u", &body.to_string()).await;
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    let shorter = "send a shorter value for given_name";
    for (said, stop) in [
        (&plan["routes"]["communal_main"], &plan["routes"]["communal_main"]["stopped"]),
        (&update["routes"]["communal_main"], &update["routes"]["communal_main"]),
        (&user["routes"]["communal_main"], &user["routes"]["communal_main"]),
    ] {
        assert_eq!(
            (&said["leaves"]["given_name"], &stop["hint"]),
            (&json!("too_long"), &json!(shorter)),
            "{said}"
        );
    }
    let listed = world.call(get("/v1/updates?state=blocked", ALL)).await.json();
    let item = &listed["updates"][0];
    assert_eq!(
        (&item["leaves"]["given_name"], &item["hint"]),
        (&json!("too_long"), &json!(shorter)),
        "{listed}"
    );
    let lanes = world.operate(get("/v1/lanes?state=blocked", OPERATE)).await.json();
    let lane = &lanes["lanes"][0];
    assert_eq!(lane["fates"], json!({ "given_name": "too_long" }), "{lane}");
    let story = world.operate(get(&format!("/v1/lanes/{}", lane["id"]), OPERATE)).await.json();
    assert_eq!(story["lane"]["fates"], lane["fates"]);
    let visitor = Visitor::new(&world, OPERATE).await;
    for path in ["/lanes", &format!("/lanes/{}", lane["id"])] {
        let page = visitor.get(path).await.text;
        assert!(page.contains("given_name too long"), "{path}: {page}");
    }
    // What is not there is missing.
    let update = world.delivered("v", r#"{"given_name":"V","identities":{"communal_main":"3"}}"#).await;
    let communal = &update["routes"]["communal_main"];
    assert_eq!(
        (&communal["leaves"]["email"], &communal["hint"]),
        (&json!("missing"), &json!("send email, family_name"))
    );
}

#[actix_web::test]
async fn the_navigation_leads_to_what_the_key_may_see_and_is_on_every_page() {
    let world = World::new().await;
    world.delivered("u", r#"{"nickname":"C","identities":{"communal_main":"2"}}"#).await;
    for (key, users, plan) in [(OPERATE, false, false), (READ_OPERATE, true, false), (ALL, true, true)] {
        let visitor = Visitor::new(&world, key).await;
        for path in ["/", "/lanes", "/lanes/999", "/routes/nowhere", "/lanes?state=nonsense", "/nowhere"] {
            let page = visitor.get(path).await.text;
            assert!(page.contains("<a href=\"/lanes\""), "{path}: {page}");
            assert_eq!(page.contains("<a href=\"/users\""), users, "{path}: {page}");
            assert_eq!(page.contains("<a href=\"/plan\""), plan, "{path}: {page}");
        }
        assert_eq!(visitor.get("/lanes").await.text.contains("href=\"/users/u\""), users);
        assert_eq!(visitor.get("/lanes/999").await.status, 404);
    }
}
