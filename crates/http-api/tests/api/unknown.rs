//! Users for whom a route has no identity: nothing is sent there, and everybody can see that.

use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get, patch},
};

/// 25 people whom only Village knows, by their e-mail addresses, and one whom Communal knows, too.
async fn populate(world: &World) {
    for number in 1..=25 {
        let body = json!({ "email": format!("p{number}@x.org"), "given_name": "P" });
        world.delivered(&format!("p-{number:02}"), &body.to_string()).await;
    }
    let known =
        r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.delivered("c", known).await;
}

#[actix_web::test]
async fn a_user_without_an_identity_is_told_how_to_give_one() {
    let world = World::new().await;
    let update = world.delivered("u", r#"{"given_name":"Jo"}"#).await;
    let hint = |route: &Value| route["hint"].as_str().unwrap_or_default().to_owned();
    let communal = hint(&update["routes"]["communal_main"]);
    assert!(communal.starts_with("give identities.communal_main once"), "{update}");
    assert!(
        hint(&update["routes"]["village"]).starts_with("send email, or give identities.village"),
        "{update}"
    );
    let user = world.call(get("/v1/users/u", ALL)).await.json();
    assert_eq!(hint(&user["routes"]["communal_main"]), communal);
}

#[actix_web::test]
async fn a_removed_identity_is_counted_and_listed_and_everybody_is_counted_once() {
    let world = World::new().await;
    populate(&world).await;
    let removed = world.call(patch("/v1/users/c", ALL, r#"{"identities":{"communal_main":null}}"#)).await;
    assert_eq!(removed.status, 202, "{}", removed.text);
    let user = world.call(get("/v1/users/c", ALL)).await.json();
    assert_eq!(user["routes"]["communal_main"]["state"], "no_identity");
    let routes = world.operate(get("/v1/routes", OPERATE)).await.json();
    let users = &routes["routes"]["communal_main"]["users"];
    assert_eq!((&users["no_identity"], &users["all"], &routes["users"]), (&json!(26), &json!(0), &json!(26)));
    let metrics = world.operate(get("/metrics", ALL)).await.text;
    for line in [
        "users_without_identity{route=\"communal_main\"} 26",
        "lanes{route=\"communal_main\",state=\"all\"} 0",
        "profile_gateway_users 26",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let listed =
        world.call(get("/v1/updates?state=no_identity&route=communal_main&limit=100", ALL)).await.json();
    let listed = listed["updates"].as_array().expect("items");
    assert!(listed.len() == 26 && listed.iter().any(|item| item["user"] == "c"), "{listed:?}");
    let visitor = Visitor::new(&world, ALL).await;
    let page = visitor.get("/routes/communal_main").await.text;
    assert!(page.contains("state=no_identity\">26<") && page.contains("0 of 26"), "{page}");
}

#[actix_web::test]
async fn users_without_an_identity_are_counted_and_listed_page_by_page() {
    let world = World::new().await;
    populate(&world).await;
    let routes = world.operate(get("/v1/routes", OPERATE)).await.json();
    let count = |route: &str| &routes["routes"][route]["users"]["no_identity"];
    assert_eq!(["communal_main", "village", "usercom"].map(count), [&json!(25), &json!(0), &json!(26)]);
    let metrics = world.operate(get("/metrics", ALL)).await.text;
    assert!(metrics.contains("users_without_identity{route=\"communal_main\"} 25"), "{metrics}");
    for (path, operates) in [("/v1/updates", false), ("/v1/lanes", true)] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("{path}?state=no_identity&route=communal_main&limit=10{after}");
            let answer = if operates {
                world.operate(get(&path, OPERATE)).await
            } else {
                world.call(get(&path, ALL)).await
            };
            assert_eq!(answer.status, 200, "{}", answer.text);
            let page = answer.json();
            let items = page["updates"].as_array().or(page["lanes"].as_array()).expect("items").clone();
            found.extend(items.iter().map(|item| item["user"].as_str().expect("an id").to_owned()));
            assert!(
                items.iter().all(|item| item["state"] == "no_identity" || item["standing"] == "no_identity")
            );
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let everybody: Vec<String> = (1..=25).map(|number| format!("p-{number:02}")).collect();
        assert_eq!(found, everybody);
    }
    for narrow in ["state=no_identity", "state=no_identity,held&route=village"] {
        let refused = world.call(get(&format!("/v1/updates?{narrow}"), ALL)).await;
        assert!(refused.status == 400 && refused.text.contains("name one route"), "{}", refused.text);
    }
    let visitor = Visitor::new(&world, ALL).await;
    let link = "/lanes?route=communal_main&amp;state=no_identity\">25<";
    assert!(visitor.get("/routes/communal_main").await.text.contains(link));
    let page = visitor.get("/lanes?route=communal_main&state=no_identity").await.text;
    assert!(page.contains("/users/p-01\"") && page.contains("give identities.communal_main once"), "{page}");
}

#[actix_web::test]
async fn a_list_of_users_without_an_identity_says_how_to_give_one() {
    let world = World::new().await;
    world.delivered("u", r#"{"given_name":"Jo"}"#).await;
    for (route, start) in [
        ("communal_main", "give identities.communal_main once"),
        ("village", "send email, or give identities.village"),
    ] {
        let listed =
            world.call(get(&format!("/v1/updates?state=no_identity&route={route}"), ALL)).await.json();
        let hint = listed["updates"][0]["hint"].as_str().unwrap_or_default();
        assert!(hint.starts_with(start), "{listed}");
    }
}
