mod in_order;
mod read;

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::value::RawValue;

pub(crate) use read::push_segment;

use crate::{
    Fault, FaultKind, MAX_BODY, MAX_DEPTH,
    unseen::{self, Unseen},
};

/// A JSON document read strictly: members in order and never twice, numbers as their text.
///
/// A reader that silently keeps the first or the last of two equal members lets one body mean two things to two
/// programs; a reader that turns numbers into floats changes them. This one does neither.
#[derive(Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object; member names are unique.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one document.
    ///
    /// # Errors
    /// `TooLarge` above [`MAX_BODY`] bytes; `DuplicateKey` with the pointer of the second member; `InvalidJson` for
    /// everything else, including more than [`MAX_DEPTH`] levels, trailing text and text that is not UTF-8.
    pub fn parse(body: &[u8]) -> Result<Self, Fault> {
        if body.len() > MAX_BODY {
            return Err(Fault::new(FaultKind::TooLarge, "", "the body may have at most 256 KiB"));
        }
        Self::parse_to_depth(body, MAX_DEPTH)
    }

    /// Reads one document of at most `max_depth` levels and any size; errors as [`Json::parse`]. A byte order mark in front is
    /// passed over (RFC 8259 section 8.1).
    pub fn parse_to_depth(body: &[u8], max_depth: usize) -> Result<Self, Fault> {
        let text = std::str::from_utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
            .map_err(|_| Fault::new(FaultKind::InvalidJson, "", "the body is not UTF-8"))?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let mut detail = format!("the body is not one JSON document: line {line}, column {column}");
            let there = text.lines().nth(line.saturating_sub(1));
            if let Some(found) = there.and_then(|there| Unseen::at(there, column.saturating_sub(1))) {
                detail.push_str(&format!(" is {}", unseen::named(found)));
            }
            Fault::new(FaultKind::InvalidJson, "", detail)
        })?;
        read::read(raw, &mut String::new(), max_depth)
    }

    /// The member `name` of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.as_object()?.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[(String, Json)]> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Which of JSON's types this is, as a word for a message.
    pub fn type_name(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// Appends a form in which equal documents have equal bytes: no white space, members sorted by name.
    pub fn write_canonical(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(text) => out.push_str(text),
            Json::String(text) => write_string(text, out),
            Json::Array(items) => write_list(out, ('[', ']'), items, Json::write_canonical),
            Json::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|left, right| left.0.cmp(&right.0));
                write_list(out, ('{', '}'), &sorted, |(name, value), out| {
                    write_string(name, out);
                    out.push(':');
                    value.write_canonical(out);
                });
            }
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name())
    }
}

fn write_list<T>(
    out: &mut String,
    (open, close): (char, char),
    items: &[T],
    write: impl Fn(&T, &mut String),
) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
