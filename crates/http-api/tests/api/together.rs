//! Fields that belong together reach a vendor together or not at all, and every surface says so.

use adapter::{ClearAs, FieldOption, FieldOptions, Group, MappingOptions};
use canonical::Leaf;
use serde_json::{Value, json};

use crate::support::{ALL, OPERATE, World, get, post};

/// A person whom User.com knows in Toronto.
async fn in_toronto() -> World {
    let world = World::new().await;
    world.usercom.answer(200, r#"{"id":5,"custom_id":"crm-1"}"#);
    let address =
        r#"{"address":{"locality":"Toronto","region":"ON","country":"CA"},"identities":{"usercom":"crm-1"}}"#;
    world.delivered("u", address).await;
    world
}

const TO_BERLIN: &str =
    r#"{"address":{"locality":"Berlin","region":null,"country":"DE"},"title":"Director"}"#;

async fn update(world: &World, body: &str) -> Value {
    world.delivered("u", body).await["routes"]["usercom"].clone()
}

/// The bodies that User.com was sent.
fn sent(world: &World) -> Vec<Value> {
    world.usercom.sent().iter().filter_map(|request| serde_json::from_slice(&request.body).ok()).collect()
}

#[actix_web::test]
async fn a_new_city_is_not_put_beside_an_old_state() {
    let world = in_toronto().await;
    let plan = world.call(post("/v1/users/u/plan", ALL, TO_BERLIN)).await.json()["routes"]["usercom"].clone();
    let told = json!({"address.country": "address.region", "address.locality": "address.region"});
    assert_eq!(plan["because_of"], told, "{plan}");
    assert_eq!(plan["leaves"]["address.locality"], "not_clearable");
    let kept = &plan["will_be_kept"]["address.locality"];
    assert_eq!((&kept["because"], &kept["because_of"]), (&json!("not_clearable"), &json!("address.region")));
    let before = sent(&world).len();
    let route = update(&world, TO_BERLIN).await;
    let fates = json!({
        "address.country": "not_clearable", "address.locality": "not_clearable", "address.region": "not_clearable",
        "title": "unmapped",
    });
    assert_eq!((&route["state"], &route["leaves"]), (&json!("not_delivered"), &fates), "{route}");
    assert_eq!(route["because_of"], told);
    assert!(route["hint"].as_str().is_some_and(|hint| hint.contains("clear = \"empty_string\"")), "{route}");
    assert_eq!(sent(&world).len(), before, "nothing of it has left");
    let user = world.call(get("/v1/users/u", ALL)).await.json()["routes"]["usercom"].clone();
    assert_eq!((&user["state"], &user["because_of"]), (&json!("in_step_except"), &told), "{user}");
    assert_eq!(user["keeps"].as_object().map(serde_json::Map::len), Some(3), "{user}");
    let explained = world.operate(get("/v1/users/u/routes/usercom", OPERATE)).await.json();
    assert_eq!(explained["fields"]["address.locality"]["because_of"], "address.region", "{explained}");
    // With a state the whole address follows, and the older update is told as arrived.
    let route = update(&world, r#"{"address":{"region":"BE"}}"#).await;
    assert_eq!(route["state"], "applied", "{route}");
    let last = sent(&world).pop().expect("a request");
    assert_eq!(
        (&last["city"], &last["region"], &last["country"]),
        (&json!("Berlin"), &json!("BE"), &json!("DE"))
    );
}

#[actix_web::test]
async fn a_group_of_ones_own_holds_a_whole_change_back_and_none_sends_each_field_by_itself() {
    let world = in_toronto().await;
    let together = vec![Group::of([Leaf::FamilyName, Leaf::Email])];
    world.remap("usercom", &MappingOptions { together, ..MappingOptions::default() }, None).await;
    let long = "x".repeat(300);
    let body = format!(r#"{{"family_name":"{long}","email":"new@example.org"}}"#);
    let route = update(&world, &body).await;
    assert_eq!(route["because_of"], json!({"email": "family_name"}), "{route}");
    assert_eq!(route["leaves"]["email"], route["leaves"]["family_name"], "one fate");
    assert!(sent(&world).iter().all(|body| body["email"] != "new@example.org"));
    world.remap("usercom", &MappingOptions { together: Vec::new(), ..MappingOptions::default() }, None).await;
    let route = update(&world, r#"{"phone_number":"+14165551234"}"#).await;
    assert_eq!(route["state"], "applied", "{route}");
    assert!(sent(&world).iter().any(|body| body["email"] == "new@example.org"));
}

#[actix_web::test]
async fn a_part_that_can_be_cleared_with_an_empty_text_keeps_nothing_back() {
    let world = in_toronto().await;
    let empty = FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() };
    let fields = [(Leaf::Region, FieldOption::On(empty))].into();
    world.remap("usercom", &MappingOptions { fields, ..MappingOptions::default() }, None).await;
    let route = update(&world, TO_BERLIN).await;
    assert_eq!(route["state"], "applied", "{route}");
    let last = sent(&world).pop().expect("a request");
    assert_eq!((&last["city"], &last["region"]), (&json!("Berlin"), &json!("")));
}
