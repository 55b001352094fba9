//! Communal: `PUT` and `GET /api/users/{id}`, and the two lists of custom profile fields. Order of checks: version, key,
//! permission, existence, fields.

use serde_json::{Value, json};

use super::{Notes, checks, communal_fields, communal_lists as lists};
use crate::call::Call;
use crate::knobs::KeyRole;
use crate::reply::Reply;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::violation::ViolationKind;
use crate::world::{Change, World};

pub(super) fn answer(world: &World, call: &Call, notes: &mut Notes) -> (Reply, Change) {
    let knobs = &world.knobs.communal;
    let asked = call.header("x-api-version").or_else(|| call.header("api-version"));
    let supported = asked.filter(|own| knobs.versions.iter().any(|known| known == own));
    let version = supported.unwrap_or(&knobs.default_version);
    let (reply, change) = answer_version(world, call, asked.unwrap_or(version), notes);
    let mut reply = reply
        .with_header("x-api-version", version)
        .with_header("x-api-version-source", if asked.is_some() { "header" } else { "default" });
    if knobs.deprecated_versions.iter().any(|own| own == version) {
        reply = reply
            .with_header("x-api-version-warning", "This API version is deprecated.")
            .with_header("sunset", "Fri, 31 Dec 2027 00:00:00 GMT");
    }
    (reply, change)
}

fn answer_version(world: &World, call: &Call, version: &str, notes: &mut Notes) -> (Reply, Change) {
    let refuse = |status, text: &str| (Reply::json(status, &json!({ "message": text })), Change::Nothing);
    let id = call.path().strip_prefix("/api/users/").filter(|id| !id.is_empty() && !id.contains('/'));
    let authentic = checks::judge_scheme(call, "Bearer", &world.credential, notes);
    if !call.header_contains("accept", "application/json") {
        notes.violation(ViolationKind::MissingHeader);
    }
    let record = id.and_then(|id| note_subject(world, id, notes));
    let list = lists::asked(call);
    let body = if id.is_some() && call.method == "PUT" { note_body(call, notes) } else { Record::new() };

    if !world.knobs.communal.versions.iter().any(|own| own == version) {
        let body = json!({ "message": "Unsupported API version.", "supported_versions": world.knobs.communal.versions });
        return (Reply::json(400, &body), Change::Nothing);
    }
    if id.is_none() && list.is_none() {
        notes.violation(ViolationKind::UnknownPath);
        return refuse(404, "The route could not be found.");
    }
    let writes = call.method == "PUT" && list.is_none();
    if !writes && call.method != "GET" {
        notes.violation(ViolationKind::UnknownMethod);
        return refuse(405, "The method is not supported for this route.");
    }
    if !authentic {
        return refuse(401, "Unauthenticated.");
    }
    let about = id.map(str::to_owned).or_else(|| list.as_ref().and_then(lists::List::user));
    if let (KeyRole::Member(own), Some(about)) = (world.knobs.communal.key_role, about)
        && own.to_string() != about
    {
        return refuse(403, "This action is unauthorized.");
    }
    if let Some(list) = list {
        return (lists::page(world, call, &list), Change::Nothing);
    }
    let Some(id) = id else { return refuse(404, "The route could not be found.") };
    let Some(record) = record else { return refuse(404, "No query results for model [User].") };
    if call.method == "GET" {
        return (Reply::json(200, &resource(record)), Change::Nothing);
    }
    update(world, id, record, body)
}

fn note_subject<'a>(world: &'a World, id: &str, notes: &mut Notes) -> Option<&'a Record> {
    notes.subject = Some(id.to_owned());
    let record = world.users.get(id);
    if record.is_none() {
        notes.violation(ViolationKind::UnknownSubject);
    }
    record
}

fn note_body(call: &Call, notes: &mut Notes) -> Record {
    checks::check_json_content(call, notes);
    let Some(Value::Object(body)) = call.json() else {
        notes.violation(ViolationKind::MalformedBody);
        notes.violation(ViolationKind::MissingRequiredField);
        return Record::new();
    };
    let body = communal_fields::normalized(body);
    if communal_fields::REQUIRED.iter().any(|key| body.get(*key).is_none_or(Value::is_null)) {
        notes.violation(ViolationKind::MissingRequiredField);
    }
    body
}

fn update(world: &World, id: &str, record: &Record, body: Record) -> (Reply, Change) {
    let errors = communal_fields::errors(world, id, &body);
    if let Some((_, first)) = errors.first() {
        let more = errors.len() - 1;
        let message = match more {
            0 => first.clone(),
            1 => format!("{first} (and 1 more error)"),
            _ => format!("{first} (and {more} more errors)"),
        };
        let errors: Record = errors.into_iter().map(|(key, text)| (key.to_owned(), json!([text]))).collect();
        return (Reply::json(422, &json!({ "message": message, "errors": errors })), Change::Nothing);
    }
    let record = communal_fields::merged(record, body, world.knobs.communal.omitted, &world.timestamp());
    let mut shown = record.clone();
    shown.remove(lists::VALUES);
    (Reply::json(200, &Value::Object(shown)), Change::Write(id.to_owned(), record))
}

/// The `UserResource` of `GET`: the id as text, and no address.
fn resource(record: &Record) -> Value {
    let kept = [
        "name",
        "email",
        "telephone",
        "first_name",
        "middle_name",
        "last_name",
        "preferred_name",
        "date_of_birth",
        "created_at",
        "updated_at",
    ];
    let mut shown: Record =
        kept.iter().map(|key| ((*key).to_owned(), record.get(*key).cloned().into())).collect();
    let id = record.get("id").map(ToString::to_string).unwrap_or_default();
    shown.insert("id".to_owned(), id.into());
    shown.insert("subscriptions".to_owned(), json!([]));
    shown.insert("family".to_owned(), Value::Null);
    Value::Object(shown)
}

/// The full user record with every key that the specification declares as always present.
pub(super) fn seeded(user: &SeedUser) -> Record {
    let nulls = [
        "middle_name",
        "preferred_name",
        "date_of_birth",
        "photo_url",
        "current_team_id",
        "stripe_id",
        "current_billing_plan",
        "billing_state",
        "vat_id",
        "trial_ends_at",
        "last_read_announcements_at",
        "work_phone",
        "profile_address",
        "profile_address_line_2",
        "profile_city",
        "profile_state",
        "profile_zip",
        "profile_country",
        "family_id",
        "places_id",
        "timezone",
        "deleted_timestamp",
        "member_id",
        "card_id",
        "business_name",
        "account_id",
        "referrer",
        "anonymized_at",
        "base_membership_plan",
        "membership_start_date",
        "readable_membership_start_date",
    ];
    let mut record: Record = nulls.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    let Value::Object(known) = json!({
        "id": user.communal_id, "tenant_id": 1,
        "name": format!("{} {}", user.first_name, user.last_name),
        "first_name": user.first_name, "last_name": user.last_name,
        "email": user.email, "email_locked": false, "telephone": user.phone,
        "requires_password_reset": false, "uses_two_factor_auth": false, "two_factor_enabled": false,
        "manager": false, "status": 1, "can_use_card": true, "is_communal_admin": false, "active": "1",
        "created_at": "2026-02-01T18:24:00.000000Z", "updated_at": "2026-02-01T18:24:00.000000Z",
    }) else {
        return record;
    };
    record.extend(known);
    record
}
