//! Communifire's body: the encoding, and who is meant by it.

use serde_json::Value;

use crate::call::Call;
use crate::knobs::BodyMode;
use crate::users::Record;
use crate::world::World;

/// Whom a body means and what it wants to write.
pub(super) struct Selector {
    /// The key that was taken as selector.
    pub(super) key: &'static str,
    /// Its value.
    pub(super) value: String,
    /// The user that it finds.
    pub(super) subject: Option<String>,
    /// How many selectors compete. `Email` beside `UserID` or `Username` is data.
    pub(super) sent: usize,
    /// The rest of the body.
    pub(super) fields: Record,
}

/// The flat object, in the encoding that the tenant reads.
pub(super) fn read(call: &Call, mode: BodyMode) -> Option<Record> {
    let read = match (call.json()?, mode) {
        (Value::String(inner), BodyMode::StrictString | BodyMode::Lenient) => {
            serde_json::from_str(&inner).ok()?
        }
        (object @ Value::Object(_), BodyMode::StrictObject | BodyMode::Lenient) => object,
        _ => return None,
    };
    match read {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// Takes `UserID`, else `Username`, else `Email` as the selector; the precedence is not documented.
pub(super) fn selected(world: &World, mut fields: Record) -> Option<Selector> {
    let competing = ["UserID", "Username"].iter().filter(|key| fields.contains_key(**key)).count();
    let key = ["UserID", "Username", "Email"].into_iter().find(|key| fields.contains_key(*key))?;
    let value = match fields.remove(key)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if value.is_empty() {
        return None;
    }
    let subject = match key {
        "UserID" => world.users.get(&value).map(|_| value.clone()),
        _ => {
            let alias = format!("{}:{}", key.to_lowercase(), value.to_lowercase());
            world.users.named(&alias).first().cloned()
        }
    };
    Some(Selector { key, value, subject, sent: competing.max(1), fields })
}
