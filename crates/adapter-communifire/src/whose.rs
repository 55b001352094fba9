//! Whom a refusal is about that says that somebody does not exist.
//!
//! `Reports to` takes the manager's user name, so that a request may name two people, and "User not found." does not say which of
//! them is missing. A message that repeats the name of one is about that one. Where it repeats neither, the refusal is about the
//! content: sent one by one, the other fields show whether the vendor knows the person.

use adapter::VendorRequest;
use serde_json::Value as JsonValue;

use crate::REPORTS_TO;

/// What a refusal may be about instead of the person whom the request is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// The manager, whom the message repeats.
    Manager,
    /// Either of them.
    PerhapsManager,
}

/// The other one whom a message about a missing person may mean; none where only the person of the request can be meant.
pub(crate) fn other(message: &str, sent: &VendorRequest) -> Option<Other> {
    let manager = manager(sent.body.as_ref()?)?;
    let has = |name: &str| names(message, name);
    match (has(&manager), has(sent.subject.as_str())) {
        (true, false) => Some(Other::Manager),
        (false, true) => None,
        _ => Some(Other::PerhapsManager),
    }
}

/// The manager whom a request names, in either encoding of the body.
fn manager(body: &JsonValue) -> Option<String> {
    let manager = match body {
        JsonValue::String(text) => {
            serde_json::from_str::<JsonValue>(text).ok()?.get(REPORTS_TO)?.as_str()?.to_owned()
        }
        object => object.get(REPORTS_TO)?.as_str()?.to_owned(),
    };
    (!manager.is_empty()).then_some(manager)
}

/// Whether a message has a name as a whole, not as a part of another one.
fn names(message: &str, name: &str) -> bool {
    let (message, name) = (message.to_lowercase(), name.to_lowercase());
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_-@".contains(c));
    message.match_indices(&name).any(|(at, _)| {
        let (before, after) = (&message[..at], &message[at + name.len()..]);
        // A full stop ends a sentence, or stands within a name.
        let goes_on = after.strip_prefix('.').map_or(after, |rest| rest).chars().next();
        let before = before.strip_suffix('.').unwrap_or(before).chars().next_back();
        !is_part(before) && !is_part(goes_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_whole() {
        assert!(names("User RROE was not found.", "rroe"));
        assert!(names("No such user: rroe.", "rroe"));
        assert!(names("'anna.k' does not exist", "anna.k"));
        for message in ["User rroe2 was not found", "User a.rroe", "rroe@x.org", "rroe.x", ""] {
            assert!(!names(message, "rroe"), "{message}");
        }
    }
}
