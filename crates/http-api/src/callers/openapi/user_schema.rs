use canonical::{Kind, Leaf};
use serde_json::{Map, Value, json};

use crate::schema::taken_by;

/// Adds the schemas of a patch and of a user: the leaves are those of the canonical schema.
pub(super) fn add(schemas: &mut Value) {
    let leaves = leaves();
    let mut patch = leaves.clone();
    patch.insert("identities".to_owned(), json!({
        "type": "object",
        "description": "How the vendors know the user, by the route's name. Setting one that is absent takes no more than \
                        `update`; changing or removing it takes the scope `operate`.",
        "additionalProperties": {"type": ["string", "integer", "null"]},
    }));
    schemas["UserPatch"] = json!({"type": "object", "additionalProperties": false, "properties": patch});
    schemas["UserLeaves"] = json!({"type": "object", "properties": leaves});
    let members = std::mem::take(&mut schemas["User"]);
    schemas["User"] = json!({"allOf": [{"$ref": "#/components/schemas/UserLeaves"}, members]});
}

fn leaves() -> Map<String, Value> {
    let mut properties = Map::new();
    let mut address = Map::new();
    for leaf in Leaf::STANDARD {
        match leaf.name().split_once('.') {
            Some((_, name)) => address.insert(name.to_owned(), of_leaf(leaf)),
            None => properties.insert(leaf.name().to_owned(), of_leaf(leaf)),
        };
    }
    properties.insert(
        "address".to_owned(),
        json!({
            "type": ["object", "null"], "additionalProperties": false, "properties": address,
        }),
    );
    properties.insert(
        "custom".to_owned(),
        json!({
            "type": ["object", "null"],
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
            "additionalProperties": value(Kind::Custom),
        }),
    );
    properties
}

fn of_leaf(leaf: &Leaf) -> Value {
    let mut schema = value(leaf.kind());
    let kind = schema["description"].as_str().map(|kind| format!("{kind} ")).unwrap_or_default();
    schema["description"] = format!("{kind}It {}.", taken_by(leaf)).into();
    schema
}

fn value(kind: Kind) -> Value {
    let text = |says: &str| json!({"type": ["string", "null"], "description": says});
    match kind {
        Kind::Text => text("Text of at most 8 KiB; the empty text is a value."),
        Kind::Email => text("An e-mail address."),
        Kind::Phone => text("A telephone number, best in international form."),
        Kind::Date => json!({"type": ["string", "null"], "format": "date"}),
        Kind::Locale => text("A BCP 47 tag."),
        Kind::TimeZone => text("An IANA time zone."),
        Kind::Country => text("ISO 3166-1 alpha-2."),
        Kind::Tags => json!({"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 256}),
        Kind::Custom => {
            json!({"type": ["string", "boolean", "number", "array", "null"], "items": {"type": "string"}})
        }
    }
}
