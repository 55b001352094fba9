//! Communal's field rules: required trio, lengths, formats, one e-mail per person in the organisation.

use serde_json::Value;

use super::checks;
use crate::knobs::OmittedKeys;
use crate::users::Record;
use crate::world::World;

/// Must be present and not null in every update.
pub(super) const REQUIRED: [&str; 3] = ["first_name", "last_name", "email"];

/// May be omitted, and cleared by null.
const NULLABLE: [&str; 10] = [
    "middle_name",
    "preferred_name",
    "date_of_birth",
    "telephone",
    "profile_address",
    "profile_address_line_2",
    "profile_city",
    "profile_state",
    "profile_zip",
    "profile_country",
];

/// The framework behind the API trims text and reads empty text as null.
pub(super) fn normalized(mut body: Record) -> Record {
    for value in body.values_mut() {
        let Value::String(text) = value else { continue };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            *value = Value::Null;
        } else if trimmed.len() < text.len() {
            *value = trimmed.into();
        }
    }
    body
}

/// One message per bad field, all of them together.
pub(super) fn errors(world: &World, id: &str, body: &Record) -> Vec<(&'static str, String)> {
    let null = Value::Null;
    let mut errors = Vec::new();
    for key in REQUIRED.into_iter().chain(NULLABLE) {
        let value = body.get(key).unwrap_or(&null);
        if let Err(rule) = check(world, id, key, value) {
            errors.push((key, format!("The {} {rule}", key.replace('_', " "))));
        }
    }
    errors
}

fn check(world: &World, id: &str, key: &str, value: &Value) -> Result<(), &'static str> {
    let text = match value {
        Value::Null if REQUIRED.contains(&key) => return Err("field is required."),
        Value::Null => return Ok(()),
        Value::String(text) => text,
        _ => return Err("field must be a string."),
    };
    match key {
        "first_name" | "last_name" | "middle_name" | "preferred_name" if text.chars().count() > 255 => {
            Err("field must not be greater than 255 characters.")
        }
        "email" if !checks::is_email(text) => Err("field must be a valid email address."),
        "email" if taken(world, id, text) => Err("has already been taken."),
        "date_of_birth" if !is_moment(text) => Err("field must be a valid date."),
        "profile_country" if !(text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())) => {
            Err("field must be an ISO 3166-1 alpha-2 code.")
        }
        _ => Ok(()),
    }
}

fn taken(world: &World, id: &str, email: &str) -> bool {
    world.users.named(&format!("email:{}", email.to_lowercase())).iter().any(|own| own != id)
}

/// `YYYY-MM-DD`, alone or before a time.
fn is_moment(text: &str) -> bool {
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    checks::is_date(date)
}

/// The record after the update.
pub(super) fn merged(record: &Record, mut body: Record, omitted: OmittedKeys, now: &str) -> Record {
    let mut record = record.clone();
    for key in REQUIRED.into_iter().chain(NULLABLE) {
        match body.remove(key) {
            Some(value) => record.insert(key.to_owned(), value),
            None if omitted == OmittedKeys::Cleared => record.insert(key.to_owned(), Value::Null),
            None => continue,
        };
    }
    let part = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{} {}", part("first_name"), part("last_name"));
    record.insert("name".to_owned(), name.into());
    record.insert("updated_at".to_owned(), now.into());
    record
}
