//! What a patch is to do, said in JSON alone.

use std::collections::{BTreeMap, BTreeSet};

use canonical::{Json, Profile, Value};

const ADDRESS: [&str; 6] =
    ["street_address", "extended_address", "locality", "region", "postal_code", "country"];

/// The leaves that `patch` names, each with the JSON value that it is to have; `null` clears.
pub(crate) fn named(patch: &Json, before: &Profile) -> BTreeMap<String, Json> {
    let mut named = BTreeMap::new();
    for (member, value) in patch.as_object().unwrap_or_default() {
        match (member.as_str(), value) {
            ("identities", _) => {}
            ("address", Json::Null) => {
                named.extend(ADDRESS.map(|name| (format!("address.{name}"), Json::Null)));
            }
            ("custom", Json::Null) => {
                let held =
                    before.iter().filter(|(_, entry)| entry.value.is_some()).map(|(leaf, _)| leaf.name());
                let custom = held.filter(|name| name.starts_with("custom."));
                named.extend(custom.map(|name| (name.to_owned(), Json::Null)));
            }
            ("address" | "custom", Json::Object(members)) => {
                named.extend(members.iter().map(|(name, value)| (format!("{member}.{name}"), value.clone())));
            }
            _ => drop(named.insert(member.clone(), value.clone())),
        }
    }
    named
}

/// Whether a stored value is the one that was sent.
pub(crate) fn is_faithful(sent: &Json, stored: Option<&Value>) -> bool {
    let Some(stored) = stored else { return *sent == Json::Null };
    match (sent, stored) {
        (Json::String(sent), Value::Text(text)) => sent == text,
        (Json::String(sent), Value::Email(email)) => sent == email.as_str(),
        (Json::String(sent), Value::Date(date)) => *sent == date.to_string(),
        (Json::String(sent), Value::Locale(tag)) => sent.eq_ignore_ascii_case(tag.as_str()),
        (Json::String(sent), Value::TimeZone(zone)) => sent.eq_ignore_ascii_case(zone.as_str()),
        (Json::String(sent), Value::Country(code)) => sent.eq_ignore_ascii_case(code.as_str()),
        // A number that was sent in another spelling keeps the spelling it was first stored with.
        (Json::String(_), Value::Phone(number)) => number.e164().starts_with('+'),
        (Json::Bool(sent), Value::Bool(value)) => sent == value,
        (Json::Number(sent), Value::Integer(number)) => sent.parse() == Ok(*number),
        (Json::Number(sent), Value::Decimal(number)) => sent.parse() == Ok(number.get()),
        (Json::Array(sent), Value::List(items)) => texts(sent).is_some_and(|sent| sent.into_iter().eq(items)),
        (Json::Array(sent), Value::Tags(tags)) => {
            texts(sent).is_some_and(|sent| sent.into_iter().collect::<BTreeSet<_>>() == tags.iter().collect())
        }
        _ => false,
    }
}

fn texts(items: &[Json]) -> Option<Vec<&String>> {
    items.iter().map(|item| if let Json::String(text) = item { Some(text) } else { None }).collect()
}
