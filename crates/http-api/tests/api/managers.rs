//! A manager who is a user of the gateway is told to Communifire by user name, and to callers as they have it.

use std::sync::Arc;

use adapter::{Mapping, MappingOptions};
use delivery::Route;
use serde_json::{Value, json};

use crate::support::{ALL, World, get, patch, post};

/// A world in which a route to Communifire names people by user name.
async fn by_user_name() -> World {
    let world = World::new().await;
    let mut routes: Vec<Arc<Route>> =
        world.engine.routes().iter().map(|(_, route)| Arc::clone(route)).collect();
    let like = routes.iter().find(|route| route.name == "communifire").expect("a route");
    let dialect = like.adapter.dialect();
    let subject_kind = dialect.subject("username").expect("a kind");
    let mapping = Mapping::for_subject(dialect, subject_kind, &MappingOptions::default());
    let route = Route {
        name: "intranet".to_owned(),
        adapter: Arc::clone(&like.adapter),
        mapping: mapping.expect("a mapping"),
        subject_kind,
        enrol: like.enrol,
        when: None,
        limits: like.limits.clone(),
        origin: like.origin.clone(),
        mapping_revision: 1,
        transport: Arc::clone(&like.transport),
    };
    routes.push(Arc::new(route));
    world.engine.reload(routes, false).await.expect("reloaded");
    world
}

/// Whom the vendor was told for a manager, request by request; a body is a text that holds the object.
fn told(world: &World) -> Vec<Value> {
    let object = |body: &[u8]| -> Value {
        let text: String = serde_json::from_slice(body).expect("a text");
        serde_json::from_str(&text).expect("an object")
    };
    let bodies = world.communifire.sent().into_iter().map(|request| object(&request.body));
    bodies.filter(|body| body.get("Reports to").is_some()).map(|body| body["Reports to"].clone()).collect()
}

#[actix_web::test]
async fn a_manager_is_told_by_user_name_and_read_as_given() {
    let world = by_user_name().await;
    world.delivered("boss", r#"{"identities":{"intranet":"rroe"}}"#).await;
    let body = r#"{"manager":"boss","identities":{"intranet":"jdoe"}}"#;
    let plan = world.call(post("/v1/users/crm-1/plan", ALL, body)).await.json();
    assert!(plan["routes"]["intranet"].to_string().contains("rroe"), "{plan}");
    let update = world.delivered("crm-1", body).await;
    assert_eq!(update["routes"]["intranet"]["leaves"]["manager"], "applied", "{update}");
    assert_eq!(told(&world), [json!("rroe")]);
    let user = world.call(get("/v1/users/crm-1", ALL)).await.json();
    assert_eq!((&user["manager"], &user["routes"]["intranet"]["state"]), (&json!("boss"), &json!("in_step")));
    // Another user name: nobody sends the person again.
    let renamed = patch("/v1/users/boss", ALL, r#"{"identities":{"intranet":"rose.roe"}}"#);
    let answer = world.call(renamed).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    world.rest().await;
    assert_eq!(told(&world), [json!("rroe"), json!("rose.roe")]);
    let user = world.call(get("/v1/users/crm-1", ALL)).await.json();
    assert_eq!((&user["version"], &user["routes"]["intranet"]["state"]), (&json!(1), &json!("in_step")));
}

#[actix_web::test]
async fn whoever_is_no_manager_at_the_vendor_is_told_with_the_ways_to_name_one() {
    let world = by_user_name().await;
    world.delivered("crm-1", r#"{"given_name":"Jane","identities":{"intranet":"jdoe"}}"#).await;
    let refusal = r#"{"IsError":true,"ResponseMessage":"The manager was not found.","ResponseData":0}"#;
    world.communifire.answer(200, refusal);
    let update = world.delivered("crm-1", r#"{"manager":"boss"}"#).await["routes"]["intranet"].clone();
    assert_eq!(
        (&update["state"], &update["leaves"]["manager"]),
        (&json!("held"), &json!("held")),
        "{update}"
    );
    let hint = update["hint"].as_str().expect("a hint");
    assert!(hint.contains("the id of a user whose identities.intranet is that name"), "{hint}");
    // The identity that was missing is all that it needs.
    world.delivered("boss", r#"{"identities":{"intranet":"rroe"}}"#).await;
    world.rest().await;
    assert_eq!(told(&world), [json!("boss"), json!("rroe")]);
    let user = world.call(get("/v1/users/crm-1", ALL)).await.json();
    assert_eq!(user["routes"]["intranet"]["state"], "in_step", "{user}");
}
