use std::collections::BTreeMap;

use canonical::{Json, Leaf};
use serde_json::Value as JsonValue;

use super::{Reader, Seen, spelling::is_another_spelling};
use crate::{WireField, WireValue, echo_differs};

/// Whether a vendor shows a field as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// It does.
    Same,
    /// It does, in the vendor's own spelling: an address in lower case, a telephone number in groups.
    SpelledOtherwise,
    /// It shows something else.
    Differs,
    /// It does not show the field, or not so that it could be told.
    NotShown,
}

impl Agreement {
    /// The agreement's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Agreement::Same => "same",
            Agreement::SpelledOtherwise => "spelled_otherwise",
            Agreement::Differs => "differs",
            Agreement::NotShown => "not_shown",
        }
    }
}

/// Compares what a vendor should have with what was seen there, field by field.
pub fn compare(reader: &dyn Reader, expected: &[WireField], seen: &Seen) -> BTreeMap<Leaf, Agreement> {
    let agreement = |field: &WireField| (field.leaf.clone(), reader.agreement(field, expected, seen));
    expected.iter().map(agreement).collect()
}

/// Compares the value of a leaf with the member that shows it: as [`plain`] does, and what differs only as the vendor spells such
/// values is told apart.
pub fn spelled(leaf: &Leaf, expected: &WireValue, shown: Option<&Json>) -> Agreement {
    match (plain(expected, shown), shown) {
        (Agreement::Differs, Some(shown)) if is_another_spelling(leaf, expected, shown) => {
            Agreement::SpelledOtherwise
        }
        (agreement, _) => agreement,
    }
}

/// Compares one value with the member that shows it, letter by letter.
///
/// A text and the number or boolean that it spells are equal, as are two spellings of one number. An empty text, an empty list
/// and `null` are equal, because many vendors keep no empty values. A date is equal to a time on that day. Of a set that is
/// only added to, the vendor may have more members than ours, but none of those that were to be removed.
pub fn plain(expected: &WireValue, shown: Option<&Json>) -> Agreement {
    let Some(shown) = shown else { return Agreement::NotShown };
    let same = match expected {
        WireValue::Clear => is_blank(shown),
        WireValue::Set(value) => return set(value, shown),
        WireValue::Members { wanted, removed } => match shown {
            // A member without a name may be the one that was to go.
            Json::Array(members)
                if !removed.is_empty() && members.iter().any(|own| own.as_str().is_none()) =>
            {
                return Agreement::NotShown;
            }
            Json::Array(members) => {
                let has = |name: &String| members.iter().any(|own| is_text(own, name));
                wanted.iter().all(has) && !removed.iter().any(has)
            }
            Json::Null => wanted.is_empty(),
            _ => return Agreement::NotShown,
        },
    };
    if same { Agreement::Same } else { Agreement::Differs }
}

fn set(expected: &JsonValue, shown: &Json) -> Agreement {
    // ASP.NET's way to write a time (`/Date(1714558830000)/`) says nothing about the day where the person lives.
    if shown.as_str().is_some_and(|text| text.starts_with("/Date(")) {
        return Agreement::NotShown;
    }
    let same = match (scalar(expected), shown) {
        _ if is_empty(expected) => is_blank(shown),
        (Some(expected), Json::String(shown)) => expected == *shown || is_time_on(&expected, shown),
        (Some(expected), Json::Bool(shown)) => expected == if *shown { "true" } else { "false" },
        (Some(expected), Json::Number(shown)) => expected == *shown || is_one_number(&expected, shown),
        _ => !echo_differs(expected, shown),
    };
    if same { Agreement::Same } else { Agreement::Differs }
}

fn scalar(json: &JsonValue) -> Option<String> {
    match json {
        JsonValue::String(text) => Some(text.clone()),
        JsonValue::Bool(_) | JsonValue::Number(_) => Some(json.to_string()),
        JsonValue::Null | JsonValue::Array(_) | JsonValue::Object(_) => None,
    }
}

fn is_empty(json: &JsonValue) -> bool {
    match json {
        JsonValue::Null => true,
        JsonValue::String(text) => text.is_empty(),
        JsonValue::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_blank(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_text(json: &Json, text: &str) -> bool {
    json.as_str() == Some(text)
}

/// Whether `shown` is a time (RFC 3339, with `T` or a space) on the date `expected`.
fn is_time_on(expected: &str, shown: &str) -> bool {
    let digits = |at: &[usize]| at.iter().all(|at| expected.as_bytes()[*at].is_ascii_digit());
    let is_date = expected.len() == 10
        && digits(&[0, 1, 2, 3, 5, 6, 8, 9])
        && expected.as_bytes()[4] == b'-'
        && expected.as_bytes()[7] == b'-';
    is_date && shown.strip_prefix(expected).is_some_and(|rest| rest.starts_with(['T', ' ']))
}

fn is_one_number(expected: &str, shown: &str) -> bool {
    match (expected.parse::<f64>(), shown.parse::<f64>()) {
        (Ok(expected), Ok(shown)) => expected.is_finite() && expected.to_bits() == shown.to_bits(),
        _ => false,
    }
}
