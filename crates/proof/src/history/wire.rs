//! Reading requests and records of the four vendors as the checker wants them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use vendor_sim::{Record, Vendor};

use super::{Answer, Write};

/// What a request writes; nothing of one that cannot be read.
pub fn writes(vendor: Vendor, target: &str, body: &[u8]) -> Vec<Write> {
    let json: Json = serde_json::from_slice(body).unwrap_or_default();
    let json = match (vendor, json) {
        (Vendor::Communifire, Json::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
        (_, json) => json,
    };
    let Json::Object(fields) = json else { return Vec::new() };
    let path = target.split('?').next().unwrap_or_default().trim_end_matches('/');
    let text = |key: &str| fields.get(key).and_then(Json::as_str).map(str::to_owned);
    match vendor {
        Vendor::UserCom if path.ends_with("/remove_tag") => {
            text("name").map(|name| Write::Remove("tags".to_owned(), name)).into_iter().collect()
        }
        Vendor::UserCom if path.ends_with("/remove_attribute") => {
            text("attribute").map(|name| Write::Set(name, Json::Null)).into_iter().collect()
        }
        _ => fields.into_iter().filter_map(|(field, value)| write(vendor, field, value)).collect(),
    }
}

fn write(vendor: Vendor, field: String, value: Json) -> Option<Write> {
    match (vendor, field.as_str()) {
        (Vendor::Communifire, "UserID" | "Username") => None,
        (Vendor::UserCom, "tags") => Some(Write::Add(field, names(&value))),
        _ => Some(Write::Set(field, value)),
    }
}

fn names(value: &Json) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The fields that a vendor has of a person, in the form in which they are sent.
pub fn fields(vendor: Vendor, record: &Record) -> BTreeMap<String, Json> {
    let mut fields: BTreeMap<String, Json> =
        record.iter().map(|(field, value)| (field.clone(), value.clone())).collect();
    if vendor == Vendor::UserCom {
        if let Some(Json::Object(attributes)) = fields.remove("attributes") {
            fields.extend(attributes);
        }
        // Sent as the number of a choice, kept as its word.
        let words = ["unknown", "male", "female"];
        let number = fields
            .get("gender")
            .and_then(Json::as_str)
            .and_then(|word| words.iter().position(|own| *own == word));
        if let Some(number) = number {
            fields.insert("gender".to_owned(), (number + 1).into());
        }
    }
    fields
}

/// What an answer means to the checker. `body` tells Communifire's failures from its successes.
pub fn answer(vendor: Vendor, status: u16, has_retry_after: bool, body: &[u8]) -> Answer {
    let json: Option<Json> = serde_json::from_slice(body).ok();
    match status {
        200..=299 => success(vendor, json, body),
        400 | 422 => Answer::Rejected,
        401 | 403 if json.is_none() => Answer::NotApplied,
        403 => Answer::Forbidden,
        404 | 410 => Answer::NotFound,
        409 => Answer::Conflict,
        413 | 414 | 431 => Answer::TooLarge,
        503 if has_retry_after => Answer::NotApplied,
        500 | 502..=504 | 506..=599 | 408 => Answer::Unknown,
        _ => Answer::NotApplied,
    }
}

fn success(vendor: Vendor, json: Option<Json>, body: &[u8]) -> Answer {
    let object = match (vendor, json) {
        (Vendor::Communifire, Some(Json::String(text))) => serde_json::from_str(&text).ok(),
        (_, json) => json,
    };
    let flag = |object: &Map<String, Json>| object.get("IsError").and_then(Json::as_bool);
    match (vendor, object) {
        (Vendor::Communifire, Some(Json::Object(object))) => match flag(&object) {
            Some(true) => Answer::Rejected,
            Some(false) => Answer::Success,
            None => Answer::Unreadable,
        },
        (Vendor::UserCom, Some(Json::Object(object))) if !says_done(&object) => Answer::Unreadable,
        (Vendor::Communifire | Vendor::UserCom, None) => Answer::Unreadable,
        (_, None) if !body.is_empty() => Answer::Unreadable,
        _ => Answer::Success,
    }
}

/// Whether an answer of User.com shows a person or says that something was taken away.
fn says_done(object: &Map<String, Json>) -> bool {
    let is = |name: &str, value: &Json| object.get(name) == Some(value);
    object.contains_key("id")
        || (is("removed", &true.into()) || is("status", &"ok".into())) && !object.contains_key("detail")
}
