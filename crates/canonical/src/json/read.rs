use serde_json::value::RawValue;

use super::{
    Json,
    in_order::{Items, Members},
};
use crate::{Fault, FaultKind};

/// Reads a value whose syntax the outer scan has already accepted; `pointer` is where it stands, `levels` how many more
/// arrays and objects may open.
pub(super) fn read(raw: &RawValue, pointer: &mut String, levels: usize) -> Result<Json, Fault> {
    let text = raw.get();
    let invalid = |detail: &str, pointer: &str| Fault::new(FaultKind::InvalidJson, pointer, detail);
    if levels == 0 && matches!(text.as_bytes().first(), Some(b'{' | b'[')) {
        return Err(invalid("the body is nested too deeply; 16 levels are allowed", ""));
    }
    match text.as_bytes().first() {
        Some(b'n') => Ok(Json::Null),
        Some(b't') => Ok(Json::Bool(true)),
        Some(b'f') => Ok(Json::Bool(false)),
        Some(b'"') => serde_json::from_str(text)
            .map(Json::String)
            .map_err(|_| invalid("the string has an escape that is no character", pointer)),
        Some(b'[') => {
            let items: Items<'_> =
                serde_json::from_str(text).map_err(|_| invalid("the array cannot be read", pointer))?;
            let mut read_items = Vec::with_capacity(items.0.len());
            for (at, item) in items.0.into_iter().enumerate() {
                read_items.push(below(pointer, &at.to_string(), |pointer| read(item, pointer, levels - 1))?);
            }
            Ok(Json::Array(read_items))
        }
        Some(b'{') => read_object(text, pointer, levels),
        _ => Ok(Json::Number(text.to_owned())),
    }
}

fn read_object(text: &str, pointer: &mut String, levels: usize) -> Result<Json, Fault> {
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| {
        Fault::new(FaultKind::InvalidJson, pointer.as_str(), "a member name is no valid string")
    })?;
    let mut names = std::collections::HashSet::with_capacity(members.0.len());
    let mut object = Vec::with_capacity(members.0.len());
    for (name, value) in &members.0 {
        let member = below(pointer, name, |pointer| {
            if !names.insert(name.as_ref()) {
                let detail = "the member stands twice in its object; send it once";
                return Err(Fault::new(FaultKind::DuplicateKey, pointer.as_str(), detail));
            }
            read(value, pointer, levels - 1)
        })?;
        object.push((name.clone().into_owned(), member));
    }
    Ok(Json::Object(object))
}

/// Runs `inside` with `name` appended to the pointer.
fn below<T>(pointer: &mut String, name: &str, inside: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    push_segment(pointer, name);
    let result = inside(pointer);
    pointer.truncate(length);
    result
}

/// Appends one reference token (RFC 6901 section 3), cut to 64 characters: a pointer is for reading, not for evidence.
pub(crate) fn push_segment(pointer: &mut String, name: &str) {
    pointer.push('/');
    for character in name.chars().take(64) {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other if other.is_control() => pointer.push('\u{fffd}'),
            other => pointer.push(other),
        }
    }
}
