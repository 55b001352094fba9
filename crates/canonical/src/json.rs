use std::{borrow::Cow, fmt};

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::{Fault, FaultKind, MAX_BODY, MAX_DEPTH};

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

    /// Reads one document of at most `max_depth` levels and any size; errors as [`Json::parse`].
    pub fn parse_to_depth(body: &[u8], max_depth: usize) -> Result<Self, Fault> {
        let text = std::str::from_utf8(body)
            .map_err(|_| Fault::new(FaultKind::InvalidJson, "", "the body is not UTF-8"))?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
            let place = format!(
                "the body is not one JSON document: line {}, column {}",
                error.line(),
                error.column()
            );
            Fault::new(FaultKind::InvalidJson, "", place)
        })?;
        read(raw, &mut String::new(), max_depth)
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

/// Reads a value whose syntax the outer scan has already accepted; `pointer` is where it stands, `levels` how many more
/// arrays and objects may open.
fn read(raw: &RawValue, pointer: &mut String, levels: usize) -> Result<Json, Fault> {
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

struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> de::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de> de::Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(InOrder)
    }
}

/// A member name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> de::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(body: &[u8]) -> FaultKind {
        Json::parse(body).expect_err("must be refused").kind
    }

    #[test]
    fn equal_members_are_found_at_any_depth_and_after_unescaping() {
        for (body, pointer) in [
            (r#"{"a":1,"a":2}"#, "/a"),
            (r#"{"a":1,"\u0061":2}"#, "/a"),
            (r#"{"x":[{"b":1,"b":1}]}"#, "/x/0/b"),
        ] {
            let fault = Json::parse(body.as_bytes()).expect_err(body);
            assert_eq!((fault.kind, fault.pointer.as_str()), (FaultKind::DuplicateKey, pointer));
        }
    }

    #[test]
    fn what_is_not_one_json_document_is_refused() {
        let bodies: [&[u8]; 14] = [
            b"",
            b"{} {}",
            b"{\"a\":1,}",
            b"{/**/}",
            b"NaN",
            b"{'a':1}",
            b"\xff",
            b"\xc0\xaf",
            b"\xef\xbb\xbf{}",
            b"\xff\xfe{\0}\0",
            b"[\"\\ud800\"]",
            b"{\"\\ud800\":1}",
            b"[01]",
            b"[\"\x01\"]",
        ];
        for body in bodies {
            assert_eq!(kind(body), FaultKind::InvalidJson, "{body:?}");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(nested(16).as_bytes()).is_ok());
        assert_eq!(kind(nested(17).as_bytes()), FaultKind::InvalidJson);
        assert_eq!(kind("[".repeat(10_000).as_bytes()), FaultKind::InvalidJson);
        assert_eq!(kind(nested(10_000).as_bytes()), FaultKind::InvalidJson);
        assert_eq!(kind(&vec![b' '; MAX_BODY + 1]), FaultKind::TooLarge);
    }

    #[test]
    fn numbers_keep_their_text_and_members_their_order() {
        let json = Json::parse(br#"{"b":1.50,"a":123456789012345678901234567890}"#).expect("valid");
        let members = json.as_object().expect("an object");
        assert!(matches!(&members[0].1, Json::Number(text) if text == "1.50"));
        assert_eq!(members[1].0, "a");
        let mut canonical = String::new();
        json.write_canonical(&mut canonical);
        assert_eq!(canonical, r#"{"a":123456789012345678901234567890,"b":1.50}"#);
    }
}
