use adapter::{Subject, VendorError, id_text};
use canonical::Json;

use crate::CUSTOM_ID;

/// The members of an answer that name somebody.
const NAMES: [&str; 3] = ["id", CUSTOM_ID, CUSTOM_ID_IN_1];
/// What version 1 of the API calls a custom id.
const CUSTOM_ID_IN_1: &str = "user_id";

pub(crate) fn is_by_custom_id(subject: &Subject) -> bool {
    subject.kind().name == CUSTOM_ID
}

/// The member that shows a custom id, under either of its names; `null` is one that is nobody's.
pub(crate) fn custom_id<T>(member: impl Fn(&str) -> Option<T>) -> Option<T> {
    member(CUSTOM_ID).or_else(|| member(CUSTOM_ID_IN_1))
}

/// Whether an object says whom it is about.
pub(crate) fn names_somebody(json: &Json) -> bool {
    NAMES.iter().any(|name| json.get(name).is_some())
}

/// Reads whom an answer is about: the person's own id, if the answer names the subject.
///
/// There is one such reading, so that what counts for an update counts for a removal and for whoever looks.
///
/// # Errors
/// When the answer names another person, or not the subject: nothing is told by an id alone about somebody who is known by
/// a custom id.
pub(crate) fn own_id<'a>(json: &'a Json, subject: &Subject) -> Result<&'a str, VendorError> {
    let own_id = json.get("id").and_then(id_text);
    let custom_id = match custom_id(|name| json.get(name)) {
        Some(Json::String(text) | Json::Number(text)) => Some(text.as_str()),
        _ => None,
    };
    let named = if is_by_custom_id(subject) { custom_id } else { own_id };
    match (own_id, named) {
        (_, Some(named)) if named != subject.as_str() => Err(VendorError::wrong_subject()),
        (Some(own_id), Some(_)) => Ok(own_id),
        _ => Err(VendorError::unreadable("a success that does not name the person")),
    }
}
