//! A name that is no leaf's leads to the leaf that is meant, and a leaf that goes nowhere is told.

use crate::{
    pages::Visitor,
    support::{ALL, World, patch},
};

#[actix_web::test]
async fn names_of_the_trade_and_of_the_vendors_lead_to_the_leaf() {
    let world = World::new().await;
    let trade = [
        ("first_name", "given_name"),
        ("phone", "phone_number"),
        ("telephone", "phone_number"),
        ("job_title", "title"),
        ("company", "organization"),
        ("city", "address.locality"),
        ("zip", "address.postal_code"),
        ("dob", "birthdate"),
        ("timezone", "zoneinfo"),
        ("firstName", "given_name"),
        ("surname", "family_name"),
        ("mobile", "phone_number"),
    ];
    let dialects = [
        &adapter_communal::DIALECT,
        &adapter_communifire::DIALECT,
        &adapter_usercom::DIALECT,
        &adapter_village::DIALECT,
    ];
    let wire = dialects.into_iter().flat_map(|dialect| dialect.fields);
    let wire = wire.filter_map(|field| Some((field.to, field.leaf.as_ref()?.name())));
    for (name, leaf) in trade.into_iter().chain(wire) {
        if name == leaf {
            continue;
        }
        let body = serde_json::json!({ name: "x" }).to_string();
        let answer = world.call(patch("/v1/users/u", ALL, body)).await;
        assert_eq!(answer.status, 400, "{name}");
        assert!(answer.text.contains(&format!("did you mean {leaf}?")), "{name}: {}", answer.text);
    }
    for (name, leaf) in
        [("city", "address.locality"), ("zip", "address.postal_code"), ("state", "address.region")]
    {
        let body = serde_json::json!({ "address": { name: "x" } }).to_string();
        let nested = world.call(patch("/v1/users/u", ALL, body)).await;
        assert!(nested.text.contains(&format!("did you mean {leaf}?")), "{name}: {}", nested.text);
    }
    let own = world.call(patch("/v1/users/u", ALL, r#"{"shoe_size":44}"#)).await;
    assert!(own.text.contains("go under custom"), "{}", own.text);
}

#[actix_web::test]
async fn a_leaf_that_no_route_carries_is_told() {
    let world = World::new().await;
    let body =
        r#"{"given_name":"Jo","name":"Jo","email":"jo@x.org","custom":{"first_name":"Jo","tier":"gold"}}"#;
    for _ in 0..2 {
        let update = world.delivered("u", body).await;
        let nowhere = serde_json::json!(["custom.first_name", "custom.tier", "name"]);
        assert_eq!(update["carried_nowhere"], nowhere, "{update}");
        let hint = update["hint"].as_str().expect("a hint");
        assert!(hint.contains("did you mean given_name instead of custom.first_name?"), "{hint}");
    }
    let plan = world.call(crate::support::post("/v1/users/p/plan", ALL, body)).await.json();
    assert_eq!(
        plan["carried_nowhere"],
        serde_json::json!(["custom.first_name", "custom.tier", "name"]),
        "{plan}"
    );
    assert!(plan["hint"].as_str().is_some_and(|hint| hint.contains("did you mean given_name")), "{plan}");
    let plan = r#"{"given_name":"Ann"}"#;
    let plan = world.call(crate::support::post("/v1/users/p/plan", ALL, plan)).await.json();
    assert_eq!((plan.get("carried_nowhere"), plan.get("hint")), (None, None));
    let update = world.delivered("u", r#"{"given_name":"Ann"}"#).await;
    assert_eq!((update.get("carried_nowhere"), update.get("hint")), (None, None));
    let schema = world.call(crate::support::get("/v1/openapi.json", ALL)).await.json();
    let name = &schema["components"]["schemas"]["UserPatch"]["properties"]["name"]["description"];
    assert!(name.as_str().is_some_and(|says| says.contains("goes to no vendor unless")), "{name}");
}

#[actix_web::test]
async fn the_page_of_a_plan_tells_what_goes_to_no_vendor() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, ALL).await;
    let change = r#"{"name":"Jo Li","custom":{"first_name":"Jo"}}"#;
    let page = visitor.post("/plan", &[("user", "p"), ("change", change)]).await.text;
    assert!(page.contains("Goes to no vendor: custom.first_name, name"), "{page}");
    assert!(page.contains("did you mean given_name instead of custom.first_name?"), "{page}");
    let page = visitor.post("/plan", &[("user", "p"), ("change", r#"{"given_name":"Jo"}"#)]).await.text;
    assert!(!page.contains("Goes to no vendor"), "{page}");
}
