//! Village: `PATCH /networks/{network}/users/{email}` with three fields.

use serde_json::{Value, json};

use super::{Notes, checks};
use crate::call::{Call, decode};
use crate::knobs::{EmailCase, VillageAnswer};
use crate::reply::Reply;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::violation::ViolationKind;
use crate::world::{Change, World};

const FIELDS: [&str; 3] = ["first_name", "last_name", "phone_number"];

pub(super) fn answer(world: &World, call: &Call, notes: &mut Notes) -> (Reply, Change) {
    let refuse = |status, text: &str| (Reply::json(status, &json!({ "message": text })), Change::Nothing);
    let authentic = checks::judge_scheme(call, "Bearer", &world.credential, notes);
    let segments: Vec<_> = call.path().split('/').skip(1).collect();
    let (network, email) = match segments.as_slice() {
        ["networks", network, "users", email] if !email.is_empty() => (*network, *email),
        ["networks", _, "user_status"] if call.method == "POST" => {
            notes.violation(ViolationKind::CouldCreateUser);
            return refuse(
                if authentic { 403 } else { 401 },
                "Creating users is switched off in this simulator.",
            );
        }
        _ => {
            notes.violation(ViolationKind::UnknownPath);
            return refuse(404, "Not found");
        }
    };
    if call.method != "PATCH" {
        notes.violation(ViolationKind::UnknownMethod);
        return refuse(405, "Method not allowed");
    }
    let email = decode(email);
    let subject = email.as_deref().and_then(|email| find(world, network, email));
    notes.subject = Some(subject.as_deref().or(email.as_deref()).unwrap_or_default().to_owned());
    if subject.is_none() {
        notes.violation(ViolationKind::UnknownSubject);
    }
    let body = note_body(call, notes);
    if !authentic {
        return refuse(401, "Invalid API key");
    }
    if email.is_none() {
        return refuse(400, "Malformed user email");
    }
    let Some((subject, record)) = subject.and_then(|own| world.users.get(&own).map(|record| (own, record)))
    else {
        return refuse(404, "User not found");
    };
    let Some(body) = body else { return refuse(400, "Malformed request body") };
    match wanted(&body) {
        Ok(fields) => accept(world, subject, record, fields),
        Err(key) => (
            Reply::json(400, &json!({ "message": "Invalid request", "errors": { key: ["Invalid value"] } })),
            Change::Nothing,
        ),
    }
}

fn find(world: &World, network: &str, email: &str) -> Option<String> {
    if network != world.network_id {
        return None;
    }
    match world.knobs.village.email_case {
        EmailCase::Exact => world.users.get(email).map(|_| email.to_owned()),
        EmailCase::Insensitive => {
            world.users.named(&format!("email:{}", email.to_lowercase())).first().cloned()
        }
    }
}

fn note_body(call: &Call, notes: &mut Notes) -> Option<Record> {
    checks::check_json_content(call, notes);
    if !call.header_contains("accept", "application/json") {
        notes.violation(ViolationKind::MissingHeader);
    }
    let Some(Value::Object(body)) = call.json() else {
        notes.violation(ViolationKind::MalformedBody);
        return None;
    };
    if body.keys().any(|key| !FIELDS.contains(&key.as_str())) {
        notes.violation(ViolationKind::UnexpectedField);
    }
    Some(body)
}

/// The fields that are stored; other keys are dropped. Clearing is not documented and refused.
fn wanted(body: &Record) -> Result<Record, &'static str> {
    let mut fields = Record::new();
    for key in FIELDS {
        let Some(value) = body.get(key) else { continue };
        let valid = match value {
            Value::String(phone) if key == "phone_number" => is_e164(phone),
            Value::String(_) => true,
            _ => false,
        };
        if !valid {
            return Err(key);
        }
        fields.insert(key.to_owned(), value.clone());
    }
    Ok(fields)
}

/// `+`, a first digit that is not zero, at most 15 digits (ITU-T E.164).
fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

fn accept(world: &World, subject: String, record: &Record, fields: Record) -> (Reply, Change) {
    let merged = || {
        let mut record = record.clone();
        record.extend(fields.clone());
        record
    };
    match world.knobs.village.answer {
        VillageAnswer::Ok => {
            let record = merged();
            (Reply::json(200, &Value::Object(record.clone())), Change::Write(subject, record))
        }
        VillageAnswer::NoContent => (Reply::empty(204), Change::Write(subject, merged())),
        VillageAnswer::Queued(after) => {
            (Reply::json(201, &json!({ "status": "queued" })), Change::Queue(subject, fields, after))
        }
    }
}

pub(super) fn seeded(user: &SeedUser) -> Record {
    let Value::Object(record) = json!({
        "email": user.email, "first_name": user.first_name, "last_name": user.last_name, "phone_number": user.phone,
    }) else {
        return Record::new();
    };
    record
}
