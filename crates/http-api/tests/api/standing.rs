use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get},
};

/// The user's lane as operators, callers and the page of lanes are told of it.
async fn told(world: &World, user: &str) -> (Value, Value, String) {
    let lanes = world.operate(get(&format!("/v1/lanes?user={user}&route=communal_main"), OPERATE)).await;
    let updates = world.call(get("/v1/updates?route=communal_main", ALL)).await.json();
    let update = updates["updates"].as_array().expect("a list").iter().find(|update| update["user"] == user);
    let lane = lanes.json()["lanes"][0].clone();
    let visitor = Visitor::new(world, OPERATE).await;
    let page = visitor.get(&format!("/lanes/{}", lane["id"])).await.text;
    (lane, update.expect("it is listed").clone(), page)
}

/// Lets a second and more go by, so that two times read differently on a page.
async fn later(world: &World) {
    let began = world.engine.now();
    while world.engine.now() < began + 1_100 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[actix_web::test]
async fn how_a_lane_stands_is_the_same_wherever_it_is_told() {
    let world = World::new().await;
    let known =
        r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.delivered("u", known).await;
    for (status, refusal, change, reason, leaves) in [
        (
            422,
            r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#,
            r#"{"phone_number":"+14165551234"}"#,
            "rejected",
            json!(["phone_number"]),
        ),
        (413, "{}", r#"{"nickname":"B"}"#, "too_large", json!(null)),
    ] {
        world.communal.hang();
        world.communal.answer(status, refusal);
        let update = world.call(crate::support::patch("/v1/users/u", ALL, change)).await;
        assert_eq!(update.status, 202, "{}", update.text);
        // The lane is out of step from here on, and fails later.
        later(&world).await;
        world.communal.go_on();
        let path = format!("/v1/updates/{}?wait=20", update.json()["id"].as_str().expect("an id"));
        world.call(get(&path, ALL)).await;
        let (lane, update, page) = told(&world, "u").await;
        assert_eq!((&lane["reason"], &update["reason"]), (&json!(reason), &json!(reason)), "{lane}");
        assert!(page.contains(&reason.replace('_', " ")), "{page}");
        assert_eq!(lane["leaves"], leaves, "{lane}");
        let since = lane["behind_since"].as_str().expect("a time");
        assert_eq!(update["since"].as_str(), Some(since), "{reason}: {update}");
        let clock = format!("{} UTC", since[..19].replace('T', " "));
        assert!(
            page.contains(&format!("<dt>Since</dt><dd>{clock}")),
            "{reason}: {clock} is missing in {page}"
        );
    }
}
