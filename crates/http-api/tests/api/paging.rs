use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get, post},
};

/// Users whom a vendor does not get because it needs more of them.
async fn blocked(world: &World, count: usize) {
    for number in 0..count {
        let body = json!({ "nickname": "B", "identities": { "communal_main": (number + 1).to_string() } });
        world.delivered(&format!("u-{number}"), &body.to_string()).await;
    }
}

#[actix_web::test]
async fn a_list_whose_last_page_is_full_ends_with_it_and_has_everything_once() {
    let world = World::new().await;
    blocked(&world, 6).await;
    for version in 1..6 {
        world.change("u-0", json!({ "title": version.to_string() }).to_string()).await;
    }
    for act in ["pause", "resume", "pause", "resume", "pause", "resume"] {
        world.operate(post(&format!("/v1/routes/village/{act}"), OPERATE, "")).await;
    }
    for (path, items, id) in [
        ("/v1/users/u-0/updates", "updates", "id"),
        ("/v1/updates?state=blocked", "updates", "user"),
        ("/v1/lanes?state=blocked", "lanes", "id"),
        ("/v1/audit?route=village", "entries", "seq"),
    ] {
        let call = async |query: &str| {
            let path = format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' });
            let answer = match path.starts_with("/v1/lanes") || path.starts_with("/v1/audit") {
                true => world.operate(get(&path, OPERATE)).await,
                false => world.call(get(&path, ALL)).await,
            };
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.json()
        };
        let all = ids(&call("limit=100").await, items, id);
        assert_eq!(all.len(), 6, "{path}");
        for limit in [1, 2, 3, 4, 6] {
            let (mut found, mut pages, mut after) = (Vec::new(), 0, String::new());
            loop {
                let page = call(&format!("limit={limit}{after}")).await;
                found.extend(ids(&page, items, id));
                pages += 1;
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            assert_eq!((&found, pages), (&all, 6_usize.div_ceil(limit)), "{path}, {limit} to a page");
        }
    }
}

fn ids(page: &Value, items: &str, id: &str) -> Vec<Value> {
    page[items].as_array().expect("items").iter().map(|item| item[id].clone()).collect()
}

#[actix_web::test]
async fn a_retry_of_a_full_page_is_the_last_one_and_retries_no_more_than_the_page() {
    let world = World::new().await;
    // Such an answer pauses the route, too.
    for number in 1..=4 {
        world.communal.answer(200, r#"{"id":99}"#);
        let body = json!({ "given_name": "C", "family_name": "C", "email": format!("p{number}@x.org"),
            "identities": { "communal_main": number } });
        world.delivered(&format!("u-{number}"), &body.to_string()).await;
        world.operate(post("/v1/routes/communal_main/resume", OPERATE, "")).await;
    }
    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let retry = async |query: &str| {
        let path = format!("/v1/lanes/retry?state=blocked&limit=2{query}");
        world.operate(post(&path, OPERATE, "")).await.json()
    };
    let first = retry("").await;
    assert_eq!(first["lanes"], 2);
    let left = world.operate(get("/v1/lanes?state=blocked", OPERATE)).await.json();
    assert_eq!(ids(&left, "lanes", "id").len(), 2, "more than the page is tried again");
    let last = retry(&format!("&after={}", first["next"].as_str().expect("more"))).await;
    assert_eq!((&last["lanes"], &last["next"]), (&json!(2), &json!(null)));
}

#[actix_web::test]
async fn more_on_the_page_of_lanes_leads_to_somebody() {
    let world = World::new().await;
    blocked(&world, 50).await;
    let visitor = Visitor::new(&world, ALL).await;
    let page = visitor.get("/lanes").await.text;
    assert_eq!(page.matches("<tr>").count(), 1 + 50);
    assert!(!page.contains("rel=\"next\""), "more leads to nobody");
    let body = r#"{"nickname":"B","identities":{"communal_main":"51"}}"#;
    world.delivered("u-50", body).await;
    let page = visitor.get("/lanes").await.text;
    assert_eq!(page.matches("<tr>").count(), 1 + 50);
    let (_, rest) = page.split_once("<a href=\"/lanes?").expect("more");
    let next = rest.split('"').next().expect("an end").replace("&#38;", "&");
    let rest = visitor.get(&format!("/lanes?{next}")).await.text;
    assert!(rest.contains("/users/u-50\"") && !rest.contains("/users/u-49\""), "{rest}");
    assert!(!rest.contains("rel=\"next\""));
}
