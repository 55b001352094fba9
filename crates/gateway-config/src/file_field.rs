use std::{borrow::Cow, collections::BTreeMap, fmt};

use canonical::{Decimal, Leaf, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// The groups whose leaves may be written as a table of their own: `fields.address.locality` is the same as
/// `fields."address.locality"`.
pub(super) const GROUPS: [&str; 2] = ["address", "custom"];

/// `fields`: what a route configures about each leaf, by the leaf's name.
#[derive(Default)]
pub(super) struct FieldsSection(pub(super) BTreeMap<String, FieldSection>);

/// What a route configures about one leaf.
pub(super) enum FieldSection {
    /// `false`: not sent; `true`: sent as the vendor's dialect has it.
    Switch(bool),
    /// The field's name at the vendor.
    Name(String),
    /// Several options.
    Table(FieldTable),
}

/// `{ to, overlong, clear, map, negate }`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FieldTable {
    #[schemars(length(max = 256), extend("pattern" = "\\S"))]
    pub(super) to: Option<String>,
    #[schemars(extend("enum" = ["refuse", "truncate"]))]
    pub(super) overlong: Option<String>,
    #[schemars(extend("enum" = ["refuse", "empty_string"]))]
    pub(super) clear: Option<String>,
    pub(super) map: BTreeMap<String, MapValue>,
    pub(super) negate: bool,
}

/// What goes for a text: a text, a boolean or a number.
pub(super) struct MapValue(pub(super) Value);

impl<'de> Deserialize<'de> for MapValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MapValueVisitor).map(Self)
    }
}

struct MapValueVisitor;

impl Visitor<'_> for MapValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes, true, false or a number")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Decimal::parse(&format!("{number:?}")).map(Value::Decimal).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
}

impl JsonSchema for MapValue {
    fn schema_name() -> Cow<'static, str> {
        "MapValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "boolean", "number"] })
    }
}

impl<'de> Deserialize<'de> for FieldSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = FieldSection;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the name of the vendor's field, false, or a table with to, overlong, clear, map and negate",
        )
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<FieldSection, E> {
        Ok(FieldSection::Switch(on))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<FieldSection, E> {
        Ok(FieldSection::Name(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSection, A::Error> {
        FieldTable::deserialize(MapAccessDeserializer::new(map)).map(FieldSection::Table)
    }
}

impl<'de> Deserialize<'de> for FieldsSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = FieldsSection;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of leaves")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldsSection, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let found: Vec<(String, FieldSection)> = if GROUPS.contains(&name.as_str()) {
                let members: BTreeMap<String, FieldSection> = map.next_value()?;
                members.into_iter().map(|(member, field)| (format!("{name}.{member}"), field)).collect()
            } else {
                vec![(name, map.next_value()?)]
            };
            for (leaf, field) in found {
                if fields.insert(leaf, field).is_some() {
                    return Err(A::Error::custom("a leaf of address or custom is mapped twice; remove one"));
                }
            }
        }
        Ok(FieldsSection(fields))
    }
}

/// The key of a custom leaf.
const CUSTOM: &str = "[a-z][a-z0-9_]{0,63}";

/// A field's name at a vendor.
fn name_at_vendor() -> Schema {
    json_schema!({ "type": "string", "maxLength": 256, "pattern": "\\S" })
}

impl JsonSchema for FieldsSection {
    fn schema_name() -> Cow<'static, str> {
        "FieldsSection".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let field = json_schema!({ "anyOf": [
            { "type": "boolean" }, name_at_vendor(), generator.subschema_for::<FieldTable>(),
        ] });
        let mut leaves: BTreeMap<&str, Schema> =
            Leaf::STANDARD.iter().map(|leaf| (leaf.name(), field.clone())).collect();
        let address = leaves.iter().filter_map(|(name, field)| Some((name.strip_prefix("address.")?, field)));
        let address: BTreeMap<&str, &Schema> = address.collect();
        let address =
            json_schema!({ "type": "object", "properties": address, "additionalProperties": false });
        let custom = json_schema!({
            "type": "object", "patternProperties": { (format!("^{CUSTOM}$")): field }, "additionalProperties": false,
        });
        leaves.extend([("address", address), ("custom", custom)]);
        json_schema!({
            "type": "object",
            "properties": leaves,
            "patternProperties": { (format!("^custom\\.{CUSTOM}$")): field },
            "additionalProperties": false,
        })
    }
}
