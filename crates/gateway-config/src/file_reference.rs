use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// Where a secret is: never the secret itself, which is refused without being repeated.
#[derive(Default)]
pub(super) struct ReferenceSection(pub(super) ReferenceTable);

/// `{ env = "NAME" }` or `{ file = "path" }`, the latter with `readable_by_others = true` where it is mounted so.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReferenceTable {
    pub(super) env: Option<String>,
    pub(super) file: Option<String>,
    pub(super) readable_by_others: Option<bool>,
}

const INLINE: &str = "a secret does not stand in the configuration; put it into an environment variable or a file and \
                      write { env = \"NAME\" } or { file = \"path\" } in its place";

impl<'de> Deserialize<'de> for ReferenceSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReferenceVisitor)
    }
}

struct ReferenceVisitor;

impl<'de> Visitor<'de> for ReferenceVisitor {
    type Value = ReferenceSection;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ env = \"NAME\" } or { file = \"path\" }")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<ReferenceSection, E> {
        Err(E::custom(INLINE))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ReferenceSection, A::Error> {
        ReferenceTable::deserialize(MapAccessDeserializer::new(map)).map(ReferenceSection)
    }
}

impl JsonSchema for ReferenceSection {
    fn schema_name() -> Cow<'static, str> {
        "ReferenceSection".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |name: &str, properties: Schema| {
            json_schema!({
                "type": "object", "properties": properties, "required": [name], "additionalProperties": false,
            })
        };
        let env = json_schema!({ "env": { "type": "string" } });
        let file =
            json_schema!({ "file": { "type": "string" }, "readable_by_others": { "type": "boolean" } });
        json_schema!({ "oneOf": [one("env", env), one("file", file)] })
    }
}
