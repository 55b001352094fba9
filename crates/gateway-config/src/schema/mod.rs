mod conditions;
pub(super) mod pattern;

use std::collections::BTreeMap;

use schemars::{generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value as JsonValue;

use super::file::FileConfig;

pub(super) use conditions::{network_conditions, route_conditions};

/// The manual of the configuration: what is said of each option there is what an editor shows.
const MANUAL: &str = include_str!("../../../../config/gateway.toml");

/// The JSON Schema (2020-12) of the configuration file, for editors. It takes whatever `check` takes without the environment, and refuses
/// what one file by itself can show to be wrong; secrets, files, filters and what vendors have are proven by `check` alone.
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    let mut schema = JsonValue::from(settings.into_generator().into_root_schema_for::<FileConfig>());
    schema["title"] = "profile-gateway.toml".into();
    let tables = [
        ("server", "ServerSection"),
        ("operator", "OperatorSection"),
        ("store", "StoreSection"),
        ("log", "LogSection"),
        ("traces", "TracesSection"),
        ("keys", "KeySection"),
        ("alerts", "AlertsSection"),
        ("webhooks", "WebhookSection"),
        ("routes", "RouteSection"),
    ];
    let said = descriptions();
    for (table, definition) in tables {
        let Some(properties) = schema["$defs"][definition]["properties"].as_object_mut() else { continue };
        for (option, property) in properties {
            if let Some(text) = said.get(&(table, option.as_str())) {
                property["description"] = text.as_str().into();
            }
        }
    }
    format!("{schema:#}")
}

/// TOML has no null: what is optional is left out.
fn without_null(schema: &mut schemars::Schema) {
    if schema.get("default").is_some_and(JsonValue::is_null) {
        schema.remove("default");
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(JsonValue::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
    }
    let Some(kinds) = schema.get_mut("type") else { return };
    if let Some(list) = kinds.as_array_mut() {
        list.retain(|kind| kind != "null");
        if let [only] = list.as_slice() {
            *kinds = only.clone();
        }
    }
}

/// What the manual says before each option, by table and option; the first place counts.
fn descriptions() -> BTreeMap<(&'static str, &'static str), String> {
    let mut found = BTreeMap::new();
    let (mut table, mut text) = ("", String::new());
    for line in MANUAL.lines() {
        let option = line.strip_prefix('#').unwrap_or(line);
        if let Some(words) = line.strip_prefix("# ").filter(|words| !words.starts_with("---")) {
            text = if text.is_empty() { words.to_owned() } else { format!("{text}\n{words}") };
        } else if let Some(header) = option.strip_prefix('[') {
            table = header.trim_start_matches('[').split([']', '.']).next().unwrap_or_default();
            text.clear();
        } else if let Some((name, _)) = option.split_once(" = ") {
            let name = name.split('.').next().unwrap_or_default();
            if !text.is_empty() {
                found.entry((table, name)).or_insert(std::mem::take(&mut text));
            }
        } else {
            text.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_described_as_the_manual_describes_it() {
        let schema: JsonValue = serde_json::from_str(&schema()).expect("JSON");
        let mut options = 0;
        for (name, definition) in schema["$defs"].as_object().expect("definitions") {
            if !name.ends_with("Section")
                || ["ErrorSection", "FieldsSection", "ReferenceSection"].contains(&name.as_str())
            {
                continue;
            }
            for (option, property) in definition["properties"].as_object().expect("options") {
                options += 1;
                assert!(property["description"].is_string(), "{name} {option}: {property}");
            }
        }
        assert!(options > 30, "{options}");
        assert_eq!(schema["$defs"]["RouteSection"]["additionalProperties"], false);
        assert_eq!(schema["$defs"]["RouteSection"]["properties"]["network"]["enum"][2], "loopback");
        assert!(!schema.to_string().contains("\"null\""));
    }
}
