//! User.com's answers: the user object of either API version, and the list of attributes.

use serde_json::{Value, json};

use super::usercom_fields as fields;
use crate::call::Call;
use crate::knobs::{UserComKnobs, ValueType};
use crate::seed::SeedUser;
use crate::users::Record;

/// The API version that `Accept` chooses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

pub(super) fn version(call: &Call) -> Version {
    if call.header_contains("accept", "version=2") { Version::Two } else { Version::One }
}

/// The user object: no first and last name, only `name`; attributes as an array (1) or as top-level keys (2).
pub(super) fn shown(knobs: &UserComKnobs, record: &Record, version: Version) -> Value {
    let mut shown = record.clone();
    let part = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    shown.insert("name".to_owned(), format!("{} {}", part("first_name"), part("last_name")).trim().into());
    if let Some(company) = shown.remove("company_custom_id").filter(|company| *company != json!("")) {
        // As on the vendor's page: without the id that was sent.
        let id = number_of(company.as_str().unwrap_or_default());
        shown.insert(
            "companies".to_owned(),
            json!([{ "id": id, "name": "Company name", "member_since": null }]),
        );
    }
    for key in ["first_name", "last_name", "assigned_to"] {
        shown.remove(key);
    }
    let tags = fields::names_of(record);
    let tags: Vec<_> = tags.iter().map(|name| json!({ "id": number_of(name), "name": name })).collect();
    shown.insert("tags".to_owned(), tags.into());
    let attributes = match shown.remove("attributes") {
        Some(Value::Object(attributes)) => attributes,
        _ => Record::new(),
    };
    let custom_id = shown.remove("custom_id").unwrap_or_default();
    match version {
        Version::One => {
            let list = attributes.iter().map(
                |(name, value)| json!({ "id": number_of(name), "name": knobs.label(name), "name_std": name, "value": value }),
            );
            shown.insert("attributes".to_owned(), list.collect());
            shown.insert("user_id".to_owned(), custom_id);
            shown.insert("key".to_owned(), "simulated-key".into());
        }
        Version::Two => {
            shown.insert("custom_id".to_owned(), custom_id);
            shown.insert("user_key".to_owned(), "simulated-key".into());
            shown.insert("web_push_subscription".to_owned(), Value::Null);
            for name in knobs.attributes.keys() {
                shown.insert(name.clone(), Value::Null);
            }
            shown.extend(attributes);
        }
    }
    Value::Object(shown)
}

/// A page of `GET /attributes/` after so many; none behind the last.
pub(super) fn attributes(knobs: &UserComKnobs, before: usize, host: &str) -> Option<Value> {
    let total = knobs.attributes.len();
    let size = knobs.page_size.clamp(1, 100);
    let results: Vec<_> =
        knobs.attributes.iter().skip(before).take(size).map(|own| attribute(knobs, own)).collect();
    let link = |place: usize| format!("http://{host}/api/public/attributes/?cursor=cD{place}%3D%3D");
    let next = (before + size < total).then(|| link(before + size));
    let previous = (before > 0).then(|| link(before.saturating_sub(size)));
    (before == 0 || before < total)
        .then(|| json!({ "count": total, "next": next, "previous": previous, "results": results }))
}

/// Where the page begins to which a cursor leads.
pub(super) fn place(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("cD")?.strip_suffix("==")?.parse().ok()
}

fn attribute(knobs: &UserComKnobs, (name, kind): (&String, &ValueType)) -> Value {
    let kind = match kind {
        ValueType::Fixed(_) => json!("fixed"),
        simple => json!(simple),
    };
    json!({
        "id": number_of(name), "name": knobs.label(name), "name_std": name, "value_type": kind, "content_type": "clientuser",
    })
}

/// A stable small number for a name (FNV-1a).
fn number_of(name: &str) -> u64 {
    let hash =
        name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u64::from(hash % 1_000_000)
}

/// A user who has only an id.
pub(super) fn blank(id: u64) -> Record {
    let nulls = [
        "custom_id",
        "email",
        "phone_number",
        "city",
        "region",
        "country",
        "timezone",
        "gravatar_url",
        "facebook_url",
        "linkedin_url",
        "twitter_url",
        "google_url",
        "first_seen",
        "last_seen",
        "last_contacted",
        "last_ip",
        "browser",
        "browser_language",
        "os_type",
        "resolution",
    ];
    let mut record: Record = nulls.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    let Value::Object(known) = json!({
        "id": id, "gender": fields::GENDERS[0], "status": fields::STATUSES[0], "score": 0, "page_views": 0,
        "notifications": true, "unsubscribed": false, "tags": [], "lists": [], "companies": [], "attributes": {},
        "chat_id": "Chat ID is deprecated and will be removed in future",
        "created_at": "2026-02-01T09:41:13.466897Z", "updated_at": "2026-02-01T09:41:13.466897Z",
    }) else {
        return record;
    };
    record.extend(known);
    record
}

pub(super) fn seeded(user: &SeedUser) -> Record {
    let mut record = blank(user.usercom_id);
    let Value::Object(known) = json!({
        "custom_id": user.custom_id, "email": user.email, "first_name": user.first_name,
        "last_name": user.last_name, "phone_number": user.phone,
    }) else {
        return record;
    };
    record.extend(known);
    record
}
