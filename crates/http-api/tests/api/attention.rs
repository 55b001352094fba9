use serde_json::json;

use crate::support::{ALL, World, get};

#[actix_web::test]
async fn who_needs_attention_is_listed_with_what_helps() {
    let world = World::new().await;
    world.delivered("fine", r#"{"email":"fine@x.org","given_name":"A"}"#).await;
    world.delivered("blocked", r#"{"nickname":"B","identities":{"communal_main":"1"}}"#).await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.delivered("held", body).await;
    world.communal.answer(422, r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#);
    let update = world.delivered("held", r#"{"phone_number":"+14165551234","nickname":"Z"}"#).await;
    let route = &update["routes"]["communal_main"];
    assert_eq!((&route["state"], &route["leaves"]["phone_number"]), (&json!("held"), &json!("held")));
    assert_eq!(route["reason"], "rejected");
    world.rest().await;
    let path = format!("/v1/updates/{}", update["id"].as_str().expect("an id"));
    let route = world.call(get(&path, ALL)).await.json()["routes"]["communal_main"].clone();
    assert_eq!((&route["state"], &route["leaves"]["nickname"]), (&json!("held"), &json!("applied")));

    let list = world.call(get("/v1/updates?state=blocked,held", ALL)).await.json();
    let items = list["updates"].as_array().expect("a list");
    let of = |user: &str| items.iter().find(|item| item["user"] == user).cloned().unwrap_or_default();
    assert_eq!(items.len(), 2, "{list}");
    let blocked = of("blocked");
    assert_eq!((&blocked["state"], &blocked["reason"]), (&json!("blocked"), &json!("needs_data")));
    assert_eq!(blocked["hint"], "send email, family_name, given_name");
    let held = of("held");
    assert_eq!((&held["state"], &held["leaves"]), (&json!("held"), &json!({"phone_number": "held"})));
    assert_eq!(held["hint"], "send another value for phone_number, or clear it");
    assert_eq!(held["id"], update["id"]);

    let only = |query: &'static str| async {
        world.call(get(query, ALL)).await.json()["updates"].as_array().map(Vec::len)
    };
    assert_eq!(only("/v1/updates?state=held").await, Some(1));
    assert_eq!(only("/v1/updates?route=village").await, Some(0));
    assert_eq!(only("/v1/updates?route=communal_main").await, Some(2));
    let first = world.call(get("/v1/updates?limit=1", ALL)).await.json();
    let next = first["next"].as_str().expect("another page");
    let second = world.call(get(&format!("/v1/updates?limit=1&after={next}"), ALL)).await.json();
    assert_ne!(first["updates"][0]["user"], second["updates"][0]["user"]);
}

#[actix_web::test]
async fn a_filter_that_is_none_is_refused() {
    let world = World::new().await;
    for query in ["state=dead", "state=blocked,", "after=x", "limit=0", "stat=held", "state=held&state=held"]
    {
        let answer = world.call(get(&format!("/v1/updates?{query}"), ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{query}");
    }
    let answer = world.call(get("/v1/updates?route=nowhere", ALL)).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("unknown-route")));
}

#[actix_web::test]
async fn a_block_that_only_an_operator_can_lift_says_so() {
    let world = World::new().await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.communal.answer(200, r#"{"id":3}"#);
    let update = world.delivered("u", body).await;
    let route = &update["routes"]["communal_main"];
    assert_eq!((&route["state"], &route["reason"]), (&json!("blocked"), &json!("wrong_subject")));
    assert_eq!((route["operator"].as_bool(), route.get("hint")), (Some(true), None));
    assert_eq!(route["last_error"]["kind"], "wrong_subject");
}
