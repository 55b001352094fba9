//! The vendors' behaviour: pure functions from data and request to answer, change and violations.

mod communal;
mod communal_fields;
mod communal_lists;
mod communifire;
mod communifire_body;
mod usercom;
mod usercom_fields;
mod usercom_view;
mod village;

mod checks;

use serde_json::{Value, json};

use crate::call::Call;
use crate::config::Vendor;
use crate::fault::{Answer, Page};
use crate::history::Credential;
use crate::reply::Reply;
use crate::retry_after::RetryAfter;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::violation::ViolationKind;
use crate::world::{Change, World};

pub(crate) use self::checks::{has_query_credential, is_credential_name};

/// What serving a request comes to; nothing has happened yet.
pub(crate) struct Outcome {
    pub(crate) subject: Option<String>,
    pub(crate) credential: Credential,
    pub(crate) violations: Vec<ViolationKind>,
    pub(crate) reply: Reply,
    pub(crate) change: Change,
}

/// What is noted about a request while it is served.
#[derive(Default)]
struct Notes {
    subject: Option<String>,
    credential: Credential,
    violations: Vec<ViolationKind>,
}

impl Notes {
    fn violation(&mut self, kind: ViolationKind) {
        if !self.violations.contains(&kind) {
            self.violations.push(kind);
        }
    }
}

/// Serves a request without changing anything.
pub(crate) fn serve(world: &World, call: &Call) -> Outcome {
    let mut notes = Notes::default();
    let (reply, change) = match world.vendor {
        Vendor::Communal => communal::answer(world, call, &mut notes),
        Vendor::Communifire => communifire::answer(world, call, &mut notes),
        Vendor::UserCom => usercom::answer(world, call, &mut notes),
        Vendor::Village => village::answer(world, call, &mut notes),
    };
    let lines = &world.knobs.warnings;
    let reply = lines.iter().fold(reply, |reply, (name, value)| reply.with_header(name, value));
    let Notes { subject, credential, violations } = notes;
    Outcome { subject, credential, violations, reply, change }
}

/// The further names of a record, each unique to its kind of name (`email:`, `username:`, `custom_id:`).
pub(crate) fn aliases(vendor: Vendor) -> fn(&Record) -> Vec<String> {
    match vendor {
        Vendor::Communal | Vendor::Village => |record| name_of("email", record, "email"),
        Vendor::Communifire => {
            |record| [name_of("email", record, "Email"), name_of("username", record, "Username")].concat()
        }
        Vendor::UserCom => |record| {
            let custom_id = record.get("custom_id").and_then(Value::as_str);
            let custom_id = custom_id.map(|id| format!("custom_id:{id}")).into_iter().collect();
            [name_of("email", record, "email"), custom_id].concat()
        },
    }
}

/// E-mails and user names are found without regard to case.
fn name_of(kind: &str, record: &Record, key: &str) -> Vec<String> {
    let value = record.get(key).and_then(Value::as_str);
    value.map(|value| format!("{kind}:{}", value.to_lowercase())).into_iter().collect()
}

/// Subject and record of a seeded person.
pub(crate) fn seeded(vendor: Vendor, user: &SeedUser) -> (String, Record) {
    match vendor {
        Vendor::Communal => (user.communal_id.to_string(), communal::seeded(user)),
        Vendor::Communifire => (user.communifire_id.to_string(), communifire::seeded(user)),
        Vendor::UserCom => (user.usercom_id.to_string(), usercom_view::seeded(user)),
        Vendor::Village => (user.email.clone(), village::seeded(user)),
    }
}

/// An error in the vendor's usual form.
pub(crate) fn error_reply(vendor: Vendor, status: u16, field: Option<&str>) -> Reply {
    let text = match status {
        401 => "Unauthenticated.",
        403 => "This action is unauthorized.",
        404 => "Not found.",
        409 => "Conflict.",
        413 => "Payload too large.",
        429 => "Too Many Attempts.",
        400 | 422 => "The given data was invalid.",
        _ => "Server Error",
    };
    let body = match (vendor, field) {
        (Vendor::UserCom, Some(field)) => json!({ field: ["This value is not valid."] }),
        (Vendor::UserCom, None) => json!({ "detail": text }),
        (Vendor::Communifire, Some(field)) => json!({ "Message": text, "ModelState": { field: [text] } }),
        (Vendor::Communifire, None) => json!({ "Message": text }),
        (_, Some(field)) => {
            json!({ "message": text, "errors": { field: [format!("The {field} is not valid.")] } })
        }
        (_, None) => json!({ "message": text }),
    };
    Reply::json(status, &body)
}

/// The reply of a fault that replaces the normal one; `None` when the normal one is used or nothing is sent.
pub(crate) fn replaced(vendor: Vendor, answer: &Answer, now_unix: i64) -> Option<Reply> {
    match answer {
        Answer::Status { status, retry_after, page, field } => {
            let reply = match page {
                Page::Vendor => error_reply(vendor, *status, field.as_deref()),
                Page::Html => {
                    Reply::html(*status, "<!doctype html><title>Request blocked</title><p>Request blocked")
                }
            };
            let lines = retry_after.iter().map(|line: &RetryAfter| line.render(now_unix));
            Some(lines.fold(reply, |reply, line| reply.with_header("retry-after", &line)))
        }
        Answer::Respond { status, headers, body } => {
            Some(Reply { status: *status, headers: headers.clone(), body: body.0.clone() })
        }
        _ => None,
    }
}

/// The normal reply under another subject's id.
pub(crate) fn under_id(mut reply: Reply, id: &str) -> Reply {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.body) else { return reply };
    for key in ["id", "ResponseData", "email"] {
        let Some(own) = body.get_mut(key) else { continue };
        *own = match id.parse::<u64>() {
            Ok(number) if own.is_number() => number.into(),
            _ => id.into(),
        };
        break;
    }
    reply.body = Value::Object(body).to_string().into_bytes();
    reply
}

/// The request with names cut to 40 characters, in the encoding in which it came.
pub(crate) fn truncated(call: &Call) -> Call {
    let mut call = call.clone();
    let Some(mut body) = call.json() else { return call };
    if let Value::String(inner) = &body {
        let Ok(mut object) = serde_json::from_str(inner) else { return call };
        cut_names(&mut object);
        body = object.to_string().into();
    } else {
        cut_names(&mut body);
    }
    call.body = body.to_string().into_bytes();
    call
}

fn cut_names(body: &mut Value) {
    for key in ["first_name", "last_name", "First name", "Last name", "FirstName", "LastName"] {
        if let Some(Value::String(name)) = body.get_mut(key)
            && let Some((end, _)) = name.char_indices().nth(40)
        {
            name.truncate(end);
        }
    }
}
