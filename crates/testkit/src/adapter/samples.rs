use canonical::Leaf;
use serde_json::{Map, Value as JsonValue, json};

/// Names of custom leaves, one of each type of value.
pub const CUSTOM_SAMPLES: [&str; 4] =
    ["custom.tier", "custom.newsletter", "custom.points", "custom.interests"];

/// A value of each leaf, as a caller would send it.
pub fn sample(leaf: &Leaf) -> JsonValue {
    match leaf.name() {
        "given_name" => json!("Jane"),
        "family_name" => json!("Doe"),
        "middle_name" => json!("Q"),
        "nickname" => json!("Janey"),
        "name" => json!("Jane Q. Doe"),
        "preferred_username" => json!("jdoe"),
        "email" => json!("jane.doe@example.org"),
        "phone_number" => json!("+1 416-555-1234"),
        "birthdate" => json!("1990-02-28"),
        "gender" => json!("female"),
        "locale" => json!("en-CA"),
        "zoneinfo" => json!("America/Toronto"),
        "picture" => json!("https://example.org/jane.png"),
        "website" => json!("https://example.org/jane"),
        "title" => json!("Engineer"),
        "organization" => json!("Example Ltd."),
        "department" => json!("Research"),
        "manager" => json!("rroe"),
        "tags" => json!(["updated", "verified"]),
        "address.street_address" => json!("123 Main Street"),
        "address.extended_address" => json!("Suite 200"),
        "address.locality" => json!("Toronto"),
        "address.region" => json!("ON"),
        "address.postal_code" => json!("M5V 2T6"),
        "address.country" => json!("CA"),
        "custom.newsletter" => json!(true),
        "custom.points" => json!(7),
        "custom.interests" => json!(["chess", "go"]),
        _ => json!("gold"),
    }
}

/// The patch that gives `leaf` this value.
pub(super) fn patch_of(leaf: &Leaf, value: JsonValue) -> JsonValue {
    let mut members = Map::new();
    match leaf.name().split_once('.') {
        Some((group, name)) => members.insert(group.to_owned(), json!({ name: value })),
        None => members.insert(leaf.name().to_owned(), value),
    };
    members.into()
}
