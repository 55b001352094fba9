//! Communifire: `POST /api/users/fields?AddUser=false`, `GET /api/users/{id}/details`. Failures are answered 200 with
//! `IsError: true`.

use serde_json::{Value, json};

use super::communifire_body::{self as body, Selector};
use super::{Notes, checks};
use crate::call::Call;
use crate::knobs::{AuthMode, DetailNames, Envelope, UnknownKey};
use crate::reply::Reply;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::violation::ViolationKind;
use crate::world::{Change, World};

/// The three states of the `AddUser` parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AddUser {
    Only,
    Never,
    WhenMissing,
}

pub(super) fn answer(world: &World, call: &Call, notes: &mut Notes) -> (Reply, Change) {
    let refuse = |status, text: &str| (Reply::json(status, &json!({ "Message": text })), Change::Nothing);
    let authentic = judge(world, call, notes);
    let asked = call.path().strip_prefix("/api/users/").and_then(|rest| rest.strip_suffix("/details"));
    if let Some(id) = asked.filter(|id| !id.contains('/') && call.method == "GET") {
        let reply = details(world, id, authentic, notes);
        return (reply, Change::Nothing);
    }
    if call.path() != "/api/users/fields" {
        notes.violation(ViolationKind::UnknownPath);
        return refuse(404, "No HTTP resource was found that matches the request URI.");
    }
    if call.method != "POST" {
        notes.violation(ViolationKind::UnknownMethod);
        return refuse(405, "The requested resource does not support this http method.");
    }
    checks::check_json_content(call, notes);
    let add = note_add_user(call, notes);
    let read = body::read(call, world.knobs.communifire.body);
    if read.is_none() {
        notes.violation(ViolationKind::MalformedBody);
    }
    let read = read.map(|fields| body::selected(world, fields));
    if let Some(Some(selector)) = &read {
        note_subject(selector, add, notes);
    }
    if !matches!(&read, Some(Some(selector)) if selector.sent == 1) {
        notes.violation(ViolationKind::MissingRequiredField);
    }
    if !authentic {
        return refuse(401, "Authorization has been denied for this request.");
    }
    let result = match read {
        None => Err("User JSON is missing or invalid."),
        Some(None) => Err("UserID, Email or Username is required."),
        Some(Some(selector)) => save(world, selector, add),
    };
    match result {
        Ok((id, change)) => {
            (envelope(world, &json!({ "IsError": false, "ResponseMessage": "", "ResponseData": id })), change)
        }
        Err(text) => {
            let body = json!({ "IsError": true, "ResponseMessage": text, "ResponseData": null });
            (envelope(world, &body), Change::Nothing)
        }
    }
}

/// The record under `ResponseData`.
fn details(world: &World, id: &str, authentic: bool, notes: &mut Notes) -> Reply {
    notes.subject = Some(id.to_owned());
    let record = world.users.get(id);
    if record.is_none() {
        notes.violation(ViolationKind::UnknownSubject);
    }
    if !authentic {
        let body = json!({ "Message": "Authorization has been denied for this request." });
        return Reply::json(401, &body);
    }
    let named = |(label, value): (&String, &Value)| {
        let name = match world.knobs.communifire.detail_names {
            DetailNames::Labels => label.clone(),
            DetailNames::Joined => joined(label),
        };
        (name, value.clone())
    };
    let body = match record {
        Some(record) => {
            let shown: Record = record.iter().map(named).collect();
            json!({ "IsError": false, "ResponseMessage": "", "ResponseData": shown })
        }
        None => json!({ "IsError": true, "ResponseMessage": "User not found.", "ResponseData": null }),
    };
    envelope(world, &body)
}

/// `First name` as `FirstName`.
fn joined(label: &str) -> String {
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    label.split(' ').map(upper).collect()
}

/// The key in the header of the tenant's mode; the query form works in the old mode and is a violation everywhere.
fn judge(world: &World, call: &Call, notes: &mut Notes) -> bool {
    let mode = world.knobs.communifire.auth;
    let in_query = call.parameter("token").or_else(|| call.parameter("rest-api-key"));
    if checks::has_query_credential(call) {
        notes.violation(ViolationKind::WrongAuthForm);
    }
    let old = call.header("rest-api-key").or(in_query.as_deref()).filter(|_| mode != AuthMode::Bearer);
    let bearer = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let new = bearer.filter(|_| mode != AuthMode::RestApiKey);
    let Some(credential) = old.or(new) else {
        notes.violation(ViolationKind::WrongAuthForm);
        return false;
    };
    checks::judge(credential, &world.credential, notes)
}

fn note_add_user(call: &Call, notes: &mut Notes) -> AddUser {
    let add = match call.parameter("AddUser").map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("false") => return AddUser::Never,
        Some("true") => AddUser::Only,
        _ => AddUser::WhenMissing,
    };
    notes.violation(ViolationKind::CouldCreateUser);
    add
}

fn note_subject(selector: &Selector, add: AddUser, notes: &mut Notes) {
    notes.subject = Some(selector.subject.clone().unwrap_or_else(|| selector.value.clone()));
    if selector.subject.is_none() && add != AddUser::Only {
        notes.violation(ViolationKind::UnknownSubject);
    }
}

fn save(world: &World, selector: Selector, add: AddUser) -> Result<(u64, Change), &'static str> {
    let found = selector.subject.as_ref().and_then(|subject| Some((subject, world.users.get(subject)?)));
    match (found, add) {
        (Some(_), AddUser::Only) => Err("A user with this UserID, Email or Username already exists."),
        (Some((subject, record)), _) => {
            let mut record = record.clone();
            write(world, Some(subject), &mut record, selector.fields)?;
            Ok((subject.parse().unwrap_or_default(), Change::Write(subject.clone(), record)))
        }
        (None, AddUser::Never) => Err("User not found."),
        (None, _) => {
            let mut record = Record::new();
            record.insert("UserID".to_owned(), world.next_id.into());
            if selector.key != "UserID" {
                record.insert(selector.key.to_owned(), selector.value.into());
            }
            write(world, None, &mut record, selector.fields)?;
            Ok((world.next_id, Change::Create(record)))
        }
    }
}

fn write(
    world: &World,
    subject: Option<&str>,
    record: &mut Record,
    fields: Record,
) -> Result<(), &'static str> {
    let knobs = &world.knobs.communifire;
    for (label, value) in fields {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => return Err("A profile field has an invalid value."),
        };
        if !knobs.labels.contains(&label) {
            if knobs.unknown_label == UnknownKey::Refuse {
                return Err("A profile field does not exist.");
            }
            continue;
        }
        if knobs.read_only_labels.contains(&label) {
            return Err("A profile field is read only.");
        }
        check(world, subject, &label, &text)?;
        record.insert(label, text.into());
    }
    Ok(())
}

fn check(world: &World, subject: Option<&str>, label: &str, text: &str) -> Result<(), &'static str> {
    let knobs = &world.knobs.communifire;
    let others = |kind: &str| {
        let named = world.users.named(&format!("{kind}:{}", text.to_lowercase()));
        named.iter().any(|own| Some(own.as_str()) != subject)
    };
    match label {
        "Email" if !checks::is_email(text) => Err("The email address is not valid."),
        "Email" if others("email") => Err("The email address is already in use."),
        "Username" if others("username") => Err("The username is already in use."),
        "Reports to"
            if !text.is_empty()
                && world.users.named(&format!("username:{}", text.to_lowercase())).is_empty() =>
        {
            Err("The manager was not found.")
        }
        _ if label == knobs.time_zone_label
            && !knobs.time_zone_ids.is_empty()
            && !knobs.time_zone_ids.iter().any(|own| own == text) =>
        {
            Err("The time zone is not valid.")
        }
        _ => Ok(()),
    }
}

fn envelope(world: &World, body: &Value) -> Reply {
    match world.knobs.communifire.envelope {
        Envelope::Object => Reply::json(200, body),
        Envelope::JsonString => Reply::json(200, &Value::String(body.to_string())),
    }
}

pub(super) fn seeded(user: &SeedUser) -> Record {
    let Value::Object(mut record) = json!({
        "UserID": user.communifire_id, "Email": user.email, "Username": user.username,
        "First name": user.first_name, "Last name": user.last_name,
    }) else {
        return Record::new();
    };
    if let Some(phone) = &user.phone {
        record.insert("Phone".to_owned(), phone.as_str().into());
    }
    record
}
