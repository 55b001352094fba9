//! User.com: `PUT /api/public/users/{id}/`, `/users-by-id/{custom_id}/` and the calls that take something away.

use serde_json::{Value, json};

use super::{Notes, checks, usercom_fields as fields, usercom_view as view};
use crate::call::{Call, decode};
use crate::knobs::MissingSlash;
use crate::reply::Reply;
use crate::users::Record;
use crate::violation::ViolationKind;
use crate::world::{Change, World};

/// What a path and method mean.
enum Route {
    /// Somebody's record, or an action on it.
    User {
        subject: Option<String>,
        action: Action,
    },
    Search,
    Attributes,
    Creates,
    WrongMethod,
    Unknown,
}

#[derive(Clone, Copy)]
enum Action {
    Read,
    Update,
    AddTags,
    RemoveTag,
    SetAttributes,
    RemoveAttribute,
}

type Answered = (Reply, Change);

fn refuse(status: u16, text: &str) -> Answered {
    (Reply::json(status, &json!({ "detail": text })), Change::Nothing)
}

pub(super) fn answer(world: &World, call: &Call, notes: &mut Notes) -> Answered {
    let authentic = checks::judge_scheme(call, "Token", &world.credential, notes);
    if !call.header_contains("accept", "version=2") {
        notes.violation(ViolationKind::MissingHeader);
    }
    let Some(rest) = call.path().strip_prefix("/api/public/") else {
        notes.violation(ViolationKind::UnknownPath);
        return refuse(404, "Not found.");
    };
    let route = routed(world, rest.trim_end_matches('/'), call, notes);
    note(&route, call, notes);
    if !rest.ends_with('/') {
        notes.violation(ViolationKind::MissingTrailingSlash);
        return without_slash(world, call);
    }
    match &route {
        Route::Unknown => return refuse(404, "Not found."),
        Route::WrongMethod => return refuse(405, "Method not allowed."),
        _ if call.header("authorization").is_none() => {
            return refuse(401, "Authentication credentials were not provided.");
        }
        _ if !authentic => return refuse(401, "Invalid token."),
        _ => {}
    }
    match route {
        Route::Creates => create(world, call),
        Route::Search => search(world, call),
        Route::Attributes => attributes(world, call),
        Route::User { subject, action } => {
            let Some((subject, record)) =
                subject.and_then(|own| world.users.get(&own).map(|record| (own, record)))
            else {
                return refuse(404, "Not found.");
            };
            act(world, call, action, subject, record)
        }
        Route::Unknown | Route::WrongMethod => refuse(404, "Not found."),
    }
}

fn routed(world: &World, path: &str, call: &Call, notes: &mut Notes) -> Route {
    let segments: Vec<_> = path.split('/').collect();
    let method = call.method.as_str();
    match (segments.as_slice(), method) {
        (["users"] | ["users", "update_or_create"], "POST") => Route::Creates,
        (["users", "search"], "GET") => Route::Search,
        (["attributes"], "GET") => Route::Attributes,
        (["users", id], _) => user(world, id, None, method, ById::Own, notes),
        (["users", id, action], _) => user(world, id, Some(action), method, ById::Own, notes),
        (["users-by-id", id], _) => user(world, id, None, method, ById::Custom, notes),
        (["users-by-id", id, action], _) => user(world, id, Some(action), method, ById::Custom, notes),
        (["users" | "attributes"], _) => Route::WrongMethod,
        _ => Route::Unknown,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ById {
    Own,
    Custom,
}

fn user(world: &World, id: &str, action: Option<&str>, method: &str, by: ById, notes: &mut Notes) -> Route {
    let action = match (action, method) {
        (None, "GET") => Action::Read,
        (None, "PUT") => Action::Update,
        (Some("add_tag" | "add_many_tags"), "POST") => Action::AddTags,
        (Some("remove_tag"), "POST") => Action::RemoveTag,
        (Some("remove_tag"), "DELETE") if by == ById::Own => Action::RemoveTag,
        (Some("set_attribute" | "set_multiple_attributes"), "POST") => Action::SetAttributes,
        (Some("remove_attribute"), "POST") => Action::RemoveAttribute,
        (Some("remove_attribute"), "DELETE") if by == ById::Own => Action::RemoveAttribute,
        (
            None
            | Some(
                "add_tag"
                | "add_many_tags"
                | "remove_tag"
                | "set_attribute"
                | "set_multiple_attributes"
                | "remove_attribute",
            ),
            _,
        ) => return Route::WrongMethod,
        _ => return Route::Unknown,
    };
    let id = decode(id).unwrap_or_default();
    let subject = match by {
        ById::Own => world.users.get(&id).map(|_| id.to_string()),
        ById::Custom => world.users.named(&format!("custom_id:{id}")).first().cloned(),
    };
    notes.subject = Some(subject.clone().unwrap_or_else(|| id.to_string()));
    Route::User { subject, action }
}

fn note(route: &Route, call: &Call, notes: &mut Notes) {
    match route {
        Route::Unknown => notes.violation(ViolationKind::UnknownPath),
        Route::WrongMethod => notes.violation(ViolationKind::UnknownMethod),
        Route::Creates => notes.violation(ViolationKind::CouldCreateUser),
        Route::User { subject, action } => {
            if subject.is_none() {
                notes.violation(ViolationKind::UnknownSubject);
            }
            if !matches!(action, Action::Read) {
                checks::check_json_content(call, notes);
                if !call.json().is_some_and(|body| body.is_object()) {
                    notes.violation(ViolationKind::MalformedBody);
                }
            }
        }
        Route::Search | Route::Attributes => {}
    }
}

fn without_slash(world: &World, call: &Call) -> Answered {
    if call.method != "GET" && world.knobs.usercom.missing_slash == MissingSlash::NotFound {
        return refuse(404, "Not found.");
    }
    let query = call.target.split_once('?').map_or_else(String::new, |(_, query)| format!("?{query}"));
    let location = format!("{}/{query}", call.path());
    (Reply::empty(301).with_header("location", &location), Change::Nothing)
}

fn act(world: &World, call: &Call, action: Action, subject: String, record: &Record) -> Answered {
    let version = view::version(call);
    if matches!(action, Action::Read) {
        return (Reply::json(200, &view::shown(&world.knobs.usercom, record, version)), Change::Nothing);
    }
    let Some(Value::Object(body)) = call.json() else { return refuse(400, "JSON parse error") };
    let mut record = record.clone();
    record.insert("updated_at".to_owned(), world.timestamp().into());
    let own = |record: &Record| Some(view::shown(&world.knobs.usercom, record, version));
    let done = match action {
        Action::Update => fields::update(world, &subject, &mut record, body, version).map(|()| own(&record)),
        Action::AddTags => fields::add_tags(&mut record, &body).map(Some),
        Action::RemoveTag => fields::remove_tag(world, &mut record, &body),
        Action::SetAttributes => {
            fields::set_attributes(world, &mut record, body, version).map(|()| own(&record))
        }
        Action::RemoveAttribute | Action::Read => fields::remove_attribute(world, &mut record, &body),
    };
    match done {
        Err(errors) => (Reply::json(400, &Value::Object(errors)), Change::Nothing),
        Ok(None) => refuse(404, "Not found."),
        Ok(Some(shown)) => (Reply::json(200, &shown), Change::Write(subject, record)),
    }
}

/// `POST /users/` and `POST /users/update_or_create/`: works as documented, which is why no gateway may call it.
fn create(world: &World, call: &Call) -> Answered {
    let Some(Value::Object(body)) = call.json() else { return refuse(400, "JSON parse error") };
    let version = view::version(call);
    let upsert = call.path().contains("update_or_create");
    let custom_id = body.get("custom_id").and_then(Value::as_str).filter(|_| upsert);
    let existing = custom_id.and_then(|id| world.users.named(&format!("custom_id:{id}")).first());
    let (id, mut record) = match existing.and_then(|own| Some((own.clone(), world.users.get(own)?.clone()))) {
        Some(found) => found,
        None => (world.next_id.to_string(), view::blank(world.next_id)),
    };
    if let Err(errors) = fields::update(world, &id, &mut record, body, version) {
        return (Reply::json(400, &Value::Object(errors)), Change::Nothing);
    }
    let number: u64 = id.parse().unwrap_or_default();
    let reply = match upsert {
        true => Reply::json(200, &json!({ "created": existing.is_none(), "id": number })),
        false => Reply::json(201, &view::shown(&world.knobs.usercom, &record, version)),
    };
    let change = if existing.is_some() { Change::Write(id, record) } else { Change::Create(record) };
    (reply, change)
}

/// `GET /attributes/`, page by page; a cursor that leads nowhere is answered 404.
fn attributes(world: &World, call: &Call) -> Answered {
    let before = match call.parameter("cursor") {
        None => Some(0),
        Some(cursor) => view::place(&cursor),
    };
    let host = call.header("host").unwrap_or_default();
    match before.and_then(|before| view::attributes(&world.knobs.usercom, before, host)) {
        Some(page) => (Reply::json(200, &page), Change::Nothing),
        None => refuse(404, "Invalid cursor"),
    }
}

/// `GET /users/search/?email=`: one object, or an array with `many=true`.
fn search(world: &World, call: &Call) -> Answered {
    let Some(email) = call.parameter("email") else { return refuse(400, "Unknown search.") };
    let found = world.users.named(&format!("email:{}", email.to_lowercase()));
    let version = view::version(call);
    let mut shown = found
        .iter()
        .filter_map(|subject| world.users.get(subject))
        .map(|record| view::shown(&world.knobs.usercom, record, version));
    if call.parameter("many").as_deref() == Some("true") {
        return (Reply::json(200, &Value::Array(shown.collect())), Change::Nothing);
    }
    shown.next().map_or_else(|| refuse(404, "Not found."), |one| (Reply::json(200, &one), Change::Nothing))
}
