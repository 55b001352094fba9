use serde_json::{Map, Value};
use vendor_sim::{Exchange, Vendor};

use crate::Person;

/// The members of a request's body; Communifire's body is a string with an object in it.
pub fn fields(exchange: &Exchange) -> Map<String, Value> {
    let body: Value = serde_json::from_slice(&exchange.body.0).unwrap_or_default();
    let body = match body {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        other => other,
    };
    body.as_object().cloned().unwrap_or_default()
}

/// The vendor's name for a leaf that all four vendors have.
pub fn field(vendor: Vendor, leaf: &str) -> &'static str {
    match (leaf, vendor) {
        ("given_name", Vendor::Communifire) => "First name",
        ("given_name", _) => "first_name",
        ("family_name", Vendor::Communifire) => "Last name",
        ("family_name", _) => "last_name",
        ("phone_number", Vendor::Communal) => "telephone",
        ("phone_number", Vendor::Communifire) => "Phone",
        ("phone_number", _) => "phone_number",
        _ => panic!("not all vendors have {leaf}"),
    }
}

/// The vendor's own id of a person.
pub fn subject(vendor: Vendor, person: &Person) -> String {
    match vendor {
        Vendor::Communal => person.seed.communal_id.to_string(),
        Vendor::Communifire => person.seed.communifire_id.to_string(),
        Vendor::UserCom => person.seed.usercom_id.to_string(),
        Vendor::Village => person.seed.email.clone(),
    }
}
