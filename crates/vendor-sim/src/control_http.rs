//! The control under `/_sim/`, on the vendor's own port; no vendor has such a path and no key is needed.
//! The list of paths is in the documentation of the crate.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{Call, decode};
use crate::control::Control;
use crate::knobs::Knobs;
use crate::reply::Reply;
use crate::rule::FaultRule;
use crate::seed::SeedUser;

#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Many(Vec<FaultRule>),
    One(Box<FaultRule>),
}

/// Answers one request to the control.
pub(crate) fn answer(control: &Control, call: &Call) -> Reply {
    dispatch(control, call).unwrap_or_else(|refusal| refusal)
}

fn dispatch(control: &Control, call: &Call) -> Result<Reply, Reply> {
    let path = call.path().strip_prefix("/_sim/").unwrap_or_default();
    match (call.method.as_str(), path) {
        ("GET", "state") => Ok(shown(&control.state())),
        ("GET", "violations") => Ok(shown(&control.violations())),
        ("GET", "faults") => Ok(shown(&control.faults())),
        ("GET", "knobs") => Ok(shown(&control.knobs())),
        ("GET", "history") => Ok(shown(&control.history_after(number(call, "after")?.unwrap_or(0)))),
        ("POST", "faults") => {
            let rules = match read::<Rules>(call)? {
                Rules::Many(rules) => rules,
                Rules::One(rule) => vec![*rule],
            };
            let ids: Vec<_> = rules.into_iter().map(|rule| control.add_fault(rule)).collect();
            Ok(Reply::json(200, &json!({ "ids": ids })))
        }
        ("DELETE", "faults") => {
            control.remove_faults(number(call, "id")?);
            Ok(done())
        }
        ("POST", "users") => {
            control.seed_users(&read::<Vec<SeedUser>>(call)?);
            Ok(done())
        }
        ("PATCH", users) if users.starts_with("users/") => {
            let subject = decode(&users["users/".len()..]).unwrap_or_default();
            match control.edit_user(&subject, read(call)?) {
                true => Ok(done()),
                false => Err(refused(404, "the vendor does not know anybody by this id")),
            }
        }
        ("PUT", "knobs") => {
            let new = read::<Knobs>(call)?;
            control.set_knobs(|knobs| *knobs = new);
            Ok(shown(&control.knobs()))
        }
        ("POST", "tick") => Ok(Reply::json(200, &json!({ "applied": control.tick() }))),
        ("POST", "pause") => {
            control.pause();
            Ok(done())
        }
        ("POST", "resume") => {
            control.resume();
            Ok(done())
        }
        _ => Err(refused(404, "no such control; see the list in the documentation of vendor-sim")),
    }
}

fn done() -> Reply {
    Reply::json(200, &json!({}))
}

fn refused(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({ "error": text }))
}

fn shown(value: &impl Serialize) -> Reply {
    serde_json::to_value(value).map_or_else(
        |_| refused(500, "this could not be written as JSON"),
        |value: Value| Reply::json(200, &value),
    )
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Reply> {
    serde_json::from_slice(&call.body).map_err(|error| refused(400, &error.to_string()))
}

fn number(call: &Call, name: &str) -> Result<Option<u64>, Reply> {
    let Some(text) = call.parameter(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| refused(400, "give a whole number"))
}
