//! Tables, contraries, companies and custom ids at the simulated User.com.

use std::collections::BTreeMap;

use adapter::{FieldOption, FieldOptions, MappingOptions};
use canonical::{Leaf, Value};
use delivery::{drift::Finding, status::RouteState};
use serde_json::json;

use crate::{
    usercom::{AMARA, JANE, World},
    world::seconds,
};

async fn pass(time: u64) {
    tokio::time::sleep(seconds(time)).await;
}

fn on(leaf: &str, to: &str, options: FieldOptions) -> (Leaf, FieldOption) {
    let option = FieldOptions { to: Some(to.to_owned()), ..options };
    (leaf.parse().expect("a leaf"), FieldOption::On(option))
}

fn mapped(fields: impl IntoIterator<Item = (Leaf, FieldOption)>) -> MappingOptions {
    MappingOptions { fields: fields.into_iter().collect(), ..MappingOptions::default() }
}

fn table(pairs: &[(&str, Value)]) -> FieldOptions {
    let map: BTreeMap<String, Value> =
        pairs.iter().map(|(from, to)| ((*from).to_owned(), to.clone())).collect();
    FieldOptions { map, ..FieldOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn a_table_and_a_contrary_arrive_in_the_type_of_the_field_and_are_the_same_when_read() {
    let negated = || FieldOptions { negate: true, ..FieldOptions::default() };
    let text = |text: &str| Value::Text(text.to_owned());
    let world = World::mapped(&mapped([
        on("custom.mail", "unsubscribed", negated()),
        on("custom.plan", "score", table(&[("gold", text("10"))])),
        on("gender", "gender", table(&[("nonbinary", text("unknown")), ("f", text("female"))])),
    ]))
    .await;
    let body = json!({ "custom": { "mail": false, "plan": "gold" }, "gender": "f" });
    let accepted = world.patch(1, JANE, body).await;
    pass(1).await;
    let status = world.status(&accepted).await;
    assert_eq!((status.state, status.unverified), (RouteState::Applied, vec![]));
    let held = |name| world.vendor.field(JANE, name);
    assert_eq!(
        (held("unsubscribed"), held("score"), held("gender")),
        (json!(true), json!(10), json!("female"))
    );
    for leaf in ["custom.mail", "custom.plan", "gender"] {
        assert_eq!(world.found(1, leaf).await, Some(Finding::Same), "{leaf}");
    }
    world.vendor.edit(JANE, &json!({ "unsubscribed": false, "score": 11 }));
    assert_eq!(world.found(1, "custom.mail").await, Some(Finding::Differs));
    assert_eq!(world.found(1, "custom.plan").await, Some(Finding::Differs));
}

#[tokio::test(start_paused = true)]
async fn another_table_or_the_contrary_is_owed_after_a_reload() {
    let plain = mapped([on("custom.mail", "unsubscribed", FieldOptions::default())]);
    let world = World::mapped(&plain).await;
    world.patch(1, JANE, json!({ "custom": { "mail": true } })).await;
    pass(1).await;
    assert_eq!(world.vendor.field(JANE, "unsubscribed"), json!(true));
    let negated = FieldOptions { negate: true, ..FieldOptions::default() };
    world.remap(&mapped([on("custom.mail", "unsubscribed", negated)]), 2).await;
    pass(5).await;
    assert_eq!(world.vendor.field(JANE, "unsubscribed"), json!(false));
    let turned = table(&[("true", Value::Bool(true)), ("false", Value::Bool(false))]);
    world.remap(&mapped([on("custom.mail", "unsubscribed", turned)]), 3).await;
    pass(5).await;
    assert_eq!(world.vendor.field(JANE, "unsubscribed"), json!(true));
    let sent = world.vendor.lines().len();
    pass(600).await;
    assert_eq!(world.vendor.lines().len(), sent, "nothing more is owed");
}

#[tokio::test(start_paused = true)]
async fn a_person_known_by_id_gets_a_custom_id_and_keeps_the_own_one() {
    let second_id = Leaf::custom("crm_id").expect("a leaf");
    let world =
        World::mapped(&MappingOptions { second_id: Some(second_id), ..MappingOptions::default() }).await;
    let accepted = world.patch(1, JANE, json!({ "custom": { "crm_id": "crm-new" } })).await;
    pass(1).await;
    let status = world.status(&accepted).await;
    assert_eq!((status.state, status.unverified), (RouteState::Applied, vec![]));
    assert_eq!(world.vendor.field(JANE, "custom_id"), json!("crm-new"));
    assert_eq!(world.found(1, "custom.crm_id").await, Some(Finding::Same));
    // It is the same person under the next one, too.
    let accepted = world.patch(1, JANE, json!({ "custom": { "crm_id": "crm-newer" } })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied);
    world.vendor.edit(JANE, &json!({ "custom_id": "crm-other" }));
    assert_eq!(world.found(1, "custom.crm_id").await, Some(Finding::Differs));
    // What another person has, User.com refuses, and nothing else waits for it.
    let taken = world.vendor.field(JANE, "custom_id");
    let accepted =
        world.patch(2, AMARA, json!({ "custom": { "crm_id": taken }, "picture": "https://x.org/a" })).await;
    pass(30).await;
    let status = world.status(&accepted).await;
    assert_eq!(
        (status.state, world.vendor.field(AMARA, "gravatar_url")),
        (RouteState::Held, json!("https://x.org/a"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_attribute_mapped_by_the_name_that_people_read_is_verified() {
    let world = World::mapped(&mapped([on("custom.tier", "My string attr", FieldOptions::default())])).await;
    let accepted = world.patch(1, JANE, json!({ "custom": { "tier": "gold" } })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.unverified, []);
    assert_eq!(world.found(1, "custom.tier").await, Some(Finding::Same));
    world.patch(1, JANE, json!({ "custom": { "tier": null } })).await;
    pass(1).await;
    assert_eq!(world.found(1, "custom.tier").await, Some(Finding::Same));
}

#[tokio::test(start_paused = true)]
async fn a_tag_or_a_company_that_did_not_arrive_is_named() {
    let world =
        World::mapped(&mapped([on("organization", "company_custom_id", FieldOptions::default())])).await;
    let accepted = world.patch(1, JANE, json!({ "tags": ["vip"], "organization": "acme-1" })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.unverified, []);
    assert_eq!(
        world.found(1, "organization").await,
        Some(Finding::NotShown),
        "the page shows no id that was sent"
    );
    world.vendor.edit(JANE, &json!({ "company_custom_id": "" }));
    assert_eq!(world.found(1, "organization").await, Some(Finding::Differs));
}
