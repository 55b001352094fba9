//! User.com's field rules: lengths, numbers for gender and status, typed attributes, tags that only add.

use serde_json::{Value, json};

use super::checks;
use super::usercom_view::Version;
use crate::knobs::{NothingToRemove, NullValues, UnknownKey, ValueType};
use crate::users::Record;
use crate::world::World;

/// Errors by field.
type Errors = Record;

/// Standard text fields with their longest length.
const TEXTS: [(&str, usize); 14] = [
    ("custom_id", 255),
    ("email", 254),
    ("first_name", 40),
    ("last_name", 40),
    ("phone_number", 64),
    ("city", 64),
    ("region", 255),
    ("country", 255),
    ("timezone", 255),
    ("gravatar_url", 2_048),
    ("facebook_url", 2_048),
    ("linkedin_url", 2_048),
    ("twitter_url", 2_048),
    ("google_url", 2_048),
];

pub(super) const GENDERS: [&str; 3] = ["unknown", "male", "female"];
pub(super) const STATUSES: [&str; 2] = ["visitor", "user"];

/// Writes the fields of a `PUT` into the record, or says what is wrong with each.
pub(super) fn update(
    world: &World,
    subject: &str,
    record: &mut Record,
    body: Record,
    version: Version,
) -> Result<(), Errors> {
    let mut errors = Errors::new();
    for (key, value) in body {
        let written = match key.as_str() {
            "tags" => {
                tag_names(&value).map(|names| add_names(record, names)).ok_or("Expected a list of names.")
            }
            _ if standard(&key).is_some() => write_standard(world, subject, record, &key, value),
            _ if is_read_only(&key) => Ok(()),
            _ => write_attribute(world, record, &key, value, version),
        };
        if let Err(text) = written {
            errors.insert(key, json!([text]));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// How a standard field is checked and stored.
enum Standard {
    Text(usize),
    Choice(&'static [&'static str]),
    Integer,
    Boolean,
}

fn standard(key: &str) -> Option<Standard> {
    if let Some((_, longest)) = TEXTS.iter().find(|(own, _)| *own == key) {
        return Some(Standard::Text(*longest));
    }
    match key {
        "company_custom_id" => Some(Standard::Text(255)),
        "gender" => Some(Standard::Choice(&GENDERS)),
        "status" => Some(Standard::Choice(&STATUSES)),
        "score" | "assigned_to" => Some(Standard::Integer),
        "notifications" | "unsubscribed" => Some(Standard::Boolean),
        _ => None,
    }
}

/// Keys of the answer that a write ignores.
fn is_read_only(key: &str) -> bool {
    ["id", "key", "user_key", "name", "created_at", "updated_at", "lists", "companies", "attributes"]
        .contains(&key)
}

fn write_standard(
    world: &World,
    subject: &str,
    record: &mut Record,
    key: &str,
    value: Value,
) -> Result<(), &'static str> {
    if value.is_null() {
        match world.knobs.usercom.nulls {
            NullValues::Store => record.insert(key.to_owned(), Value::Null),
            NullValues::Ignore => None,
            NullValues::Refuse => return Err("This field may not be null."),
        };
        return Ok(());
    }
    let stored = match standard(key) {
        Some(Standard::Text(longest)) => {
            let Some(text) = value.as_str() else { return Err("Not a valid string.") };
            if text.chars().count() > longest {
                return Err(if longest == 40 {
                    "Ensure this field has no more than 40 characters."
                } else {
                    "Ensure this field has no more characters than allowed."
                });
            }
            check_text(world, subject, key, text)?;
            value
        }
        Some(Standard::Choice(texts)) => {
            let index = value.as_u64().and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
            let text = index.and_then(|index| texts.get(index)).ok_or("Not a valid choice.")?;
            (*text).into()
        }
        Some(Standard::Integer) if !value.is_i64() => return Err("A valid integer is required."),
        Some(Standard::Boolean) if !value.is_boolean() => return Err("Must be a valid boolean."),
        _ => value,
    };
    record.insert(key.to_owned(), stored);
    Ok(())
}

fn check_text(world: &World, subject: &str, key: &str, text: &str) -> Result<(), &'static str> {
    if key == "email" && !checks::is_email(text) {
        return Err("Enter a valid email address.");
    }
    let others = || world.users.named(&format!("custom_id:{text}")).iter().any(|own| own != subject);
    if key == "custom_id" && others() {
        return Err("This field must be unique.");
    }
    if key.ends_with("_url") && !text.is_empty() && !text.starts_with("http") {
        return Err("Enter a valid URL.");
    }
    Ok(())
}

fn write_attribute(
    world: &World,
    record: &mut Record,
    key: &str,
    value: Value,
    version: Version,
) -> Result<(), &'static str> {
    let knobs = &world.knobs.usercom;
    let key = knobs.name_std(key);
    match knobs.attributes.get(key) {
        Some(kind) if !value.is_null() && !fits(kind, &value) => {
            return Err("Not a valid value of this attribute.");
        }
        None if version == Version::Two => {
            return match knobs.unknown_attribute {
                UnknownKey::Ignore => Ok(()),
                UnknownKey::Refuse => Err("This attribute does not exist."),
            };
        }
        _ => {}
    }
    attributes_of(record).insert(key.to_owned(), value);
    Ok(())
}

fn fits(kind: &ValueType, value: &Value) -> bool {
    match kind {
        ValueType::String | ValueType::Datetime => value.is_string(),
        ValueType::Boolean => value.is_boolean(),
        ValueType::Integer => value.is_i64(),
        ValueType::Float => value.is_number(),
        ValueType::Date => value.as_str().is_some_and(checks::is_date),
        ValueType::Json => true,
        ValueType::Fixed(choices) => value.as_str().is_some_and(|text| choices.iter().any(|own| own == text)),
    }
}

/// `set_attribute {attribute, value}` and `set_multiple_attributes {name: value}`.
pub(super) fn set_attributes(
    world: &World,
    record: &mut Record,
    body: Record,
    version: Version,
) -> Result<(), Errors> {
    let pairs = match (body.get("attribute").and_then(Value::as_str), body.get("value")) {
        (Some(name), Some(value)) => Record::from_iter([(name.to_owned(), value.clone())]),
        _ => body,
    };
    let mut errors = Errors::new();
    for (key, value) in pairs {
        if let Err(text) = write_attribute(world, record, &key, value, version) {
            errors.insert(key, json!([text]));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// `remove_attribute {attribute}`; none where there is nothing to remove and the vendor says 404.
pub(super) fn remove_attribute(
    world: &World,
    record: &mut Record,
    body: &Record,
) -> Result<Option<Value>, Errors> {
    let name = text_of(body, "attribute")?;
    let knobs = &world.knobs.usercom;
    let own = knobs.name_std(&name);
    let was_there = attributes_of(record).remove(own).is_some();
    let known = was_there || knobs.attributes.contains_key(own);
    if !known && knobs.unknown_attribute == UnknownKey::Refuse {
        return Err(Errors::from_iter([("attribute".to_owned(), json!(["This attribute does not exist."]))]));
    }
    Ok(removed(world, was_there).map(|removed| json!({ "attribute": name, "removed": removed })))
}

/// The `removed` of an answer; none where the answer is 404.
fn removed(world: &World, was_there: bool) -> Option<bool> {
    match world.knobs.usercom.nothing_to_remove {
        NothingToRemove::Done => Some(true),
        NothingToRemove::SaysSo => Some(was_there),
        NothingToRemove::NotFound => was_there.then_some(true),
    }
}

/// `add_tag {name}` and `add_many_tags {tag_names}`.
pub(super) fn add_tags(record: &mut Record, body: &Record) -> Result<Value, Errors> {
    if let Some(names) = body.get("tag_names").and_then(tag_names) {
        add_names(record, names);
        return Ok(json!({ "status": "ok" }));
    }
    let name = text_of(body, "name")?;
    let before = names_of(record).len();
    add_names(record, vec![name.clone()]);
    Ok(json!({ "created": names_of(record).len() > before, "tag": { "name": name } }))
}

/// `remove_tag {name}`; none where there is nothing to remove and the vendor says 404.
pub(super) fn remove_tag(world: &World, record: &mut Record, body: &Record) -> Result<Option<Value>, Errors> {
    let name = text_of(body, "name")?;
    let mut names = names_of(record);
    let before = names.len();
    names.retain(|own| *own != name);
    let was_there = names.len() < before;
    record.insert("tags".to_owned(), names.into());
    Ok(removed(world, was_there).map(|removed| json!({ "removed": removed, "tag": { "name": name } })))
}

fn text_of(body: &Record, key: &str) -> Result<String, Errors> {
    let missing = || Errors::from_iter([(key.to_owned(), json!(["This field is required."]))]);
    body.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(missing)
}

fn tag_names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

fn add_names(record: &mut Record, names: Vec<String>) {
    let mut own = names_of(record);
    for name in names {
        if !own.contains(&name) {
            own.push(name);
        }
    }
    record.insert("tags".to_owned(), own.into());
}

/// The names of a record's tags.
pub(super) fn names_of(record: &Record) -> Vec<String> {
    record.get("tags").and_then(tag_names).unwrap_or_default()
}

fn attributes_of(record: &mut Record) -> &mut Record {
    let attributes = record.entry("attributes").or_insert_with(|| Value::Object(Record::new()));
    if !attributes.is_object() {
        *attributes = Value::Object(Record::new());
    }
    attributes.as_object_mut().expect("it was made an object one line above")
}
