use adapter::{SubjectForm, SubjectKind};
use serde_json::{Map, Value as JsonValue, json};

use super::pattern;
use crate::{Vendor, resolve::auth_name};

/// What follows within a route from its vendor, its network and its `plain_http`.
pub(crate) fn route_conditions() -> JsonValue {
    let vendors = Vendor::all().map(of_vendor);
    let network = network_conditions("base_url");
    let second_id = json!({
        "if": { "properties": { "subject": { "const": "custom_id" } }, "required": ["subject"] },
        "then": { "properties": { "custom_id": false } },
    });
    vendors.chain(network.as_array().into_iter().flatten().cloned()).chain([second_id]).collect()
}

/// Where `http` is taken, for the option `url`.
pub(crate) fn network_conditions(url: &str) -> JsonValue {
    let is = |option: &str, value: JsonValue| json!({ "properties": { option: { "const": value } }, "required": [option] });
    json!([
        { "if": is("plain_http", json!(true)), "then": is("network", json!("private")) },
        {
            "if": { "not": { "anyOf": [is("plain_http", json!(true)), is("network", json!("loopback"))] } },
            "then": { "properties": { url: { "pattern": pattern::TLS } } },
        },
    ])
}

/// A vendor's own options, without those of the others.
fn of_vendor(vendor: Vendor) -> JsonValue {
    let dialect = vendor.dialect();
    let foreign =
        Vendor::all().flat_map(Vendor::own_options).filter(|option| !vendor.own_options().contains(option));
    let mut options: Map<String, JsonValue> =
        foreign.map(|option| ((*option).to_owned(), json!(false))).collect();
    let required: &[&str] = if vendor == Vendor::Village { &["network_id"] } else { &[] };
    let subjects: Vec<_> = dialect.subjects.iter().map(|kind| kind.name).collect();
    options.insert("subject".to_owned(), json!({ "enum": subjects }));
    if vendor.own_options().contains(&"auth") {
        let schemes: Vec<_> = dialect.auth.iter().map(auth_name).collect();
        options.insert("auth".to_owned(), json!({ "enum": schemes }));
    }
    let is_email = |kind: &&SubjectKind| kind.form == SubjectForm::Email;
    let by_email: Vec<_> = dialect.subjects.iter().filter(is_email).map(|kind| kind.name).collect();
    if by_email.is_empty() {
        options.insert("enrol".to_owned(), json!({ "const": "identity" }));
    }
    let mut then = json!({ "properties": options, "required": required });
    // Who is named otherwise unless the route says so, can be enrolled by an address only where it does.
    if !by_email.is_empty() && !dialect.subjects.first().is_some_and(|kind| is_email(&kind)) {
        then["if"] = json!({ "properties": { "enrol": { "const": "email" } }, "required": ["enrol"] });
        then["then"] = json!({ "properties": { "subject": { "enum": by_email } }, "required": ["subject"] });
    }
    json!({
        "if": { "properties": { "vendor": { "const": dialect.vendor } }, "required": ["vendor"] },
        "then": then,
    })
}
