//! The JSON Schema of a change.

use canonical::{Kind, Leaf};
use gateway_config::Vendor;
use serde_json::{Map, Value as JsonValue, json};

/// The JSON Schema (2020-12) of a change: every canonical leaf with the values that it takes.
pub fn of_a_change() -> String {
    let mut top = Map::new();
    let mut address = Map::new();
    for leaf in Leaf::STANDARD {
        match leaf.name().split_once('.') {
            Some((_, name)) => address.insert(name.to_owned(), of_leaf(leaf)),
            None => top.insert(leaf.name().to_owned(), of_leaf(leaf)),
        };
    }
    top.insert("address".to_owned(), object_or_null(&address, "null clears the whole address"));
    let custom = json!({ "type": ["object", "null"], "propertyNames": { "pattern": "^[a-z][a-z0-9_]{0,63}$" },
        "maxProperties": 256, "additionalProperties": of_kind(Kind::Custom),
        "description": "fields of your own; null clears all of them" });
    top.insert("custom".to_owned(), custom);
    let identities = json!({ "type": "object", "additionalProperties": { "type": ["string", "integer", "null"] },
        "description": "how each route's vendor knows the user, by route name" });
    top.insert("identities".to_owned(), identities);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A change to a user (RFC 7396 merge patch)",
        "type": "object",
        "additionalProperties": false,
        "properties": top,
    });
    format!("{schema:#}")
}

fn object_or_null(properties: &Map<String, JsonValue>, description: &str) -> JsonValue {
    json!({ "type": ["object", "null"], "additionalProperties": false, "properties": properties, "description": description })
}

fn of_leaf(leaf: &Leaf) -> JsonValue {
    let mut schema = of_kind(leaf.kind());
    let kind = schema["description"].as_str().map(|kind| format!("{kind}; ")).unwrap_or_default();
    schema["description"] = format!("{kind}{}", taken_by(leaf)).into();
    schema
}

/// Which vendors have a field for a leaf unless a route maps it otherwise.
pub fn taken_by(leaf: &Leaf) -> String {
    let takes = |vendor: &Vendor| vendor.dialect().default_rule(leaf).is_some();
    let vendors: Vec<String> = Vendor::all().filter(takes).map(|vendor| vendor.to_string()).collect();
    match vendors.is_empty() {
        true => "goes to no vendor unless a route maps it".to_owned(),
        false => format!("goes to {}, and where a route maps it", vendors.join(", ")),
    }
}

/// `null` clears; absent keeps.
fn of_kind(kind: Kind) -> JsonValue {
    let text = json!(["string", "null"]);
    match kind {
        Kind::Text => json!({ "type": text, "maxLength": canonical::MAX_STRING }),
        Kind::Email => json!({ "type": text, "format": "email", "minLength": 1, "maxLength": 254 }),
        Kind::Phone => json!({ "type": text, "pattern": "^\\+?[0-9 .()-]+$" }),
        Kind::Date => json!({ "type": text, "format": "date" }),
        Kind::Locale => json!({ "type": text, "description": "a BCP 47 tag", "minLength": 1 }),
        Kind::TimeZone => json!({ "type": text, "description": "an IANA time zone", "minLength": 1 }),
        Kind::Country => json!({ "type": text, "pattern": "^[A-Z]{2}$" }),
        Kind::Tags => {
            json!({ "type": ["array", "null"], "maxItems": canonical::MAX_TAGS, "items": { "type": "string", "minLength": 1 } })
        }
        Kind::Custom => json!({ "type": ["string", "boolean", "number", "array", "null"],
            "items": { "type": "string" }, "maxItems": canonical::MAX_LIST }),
    }
}
