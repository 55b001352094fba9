//! The stored form of a profile: one format byte, then a JSON object `leaf name → [version, value]`; a cleared leaf has
//! no value. A phone number is `[E.164, as sent]`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde::{Serialize, Serializer};
use serde_json::Value as JsonValue;

use crate::{Decimal, Email, Entry, Kind, Leaf, Locale, PhoneNumber, Profile, Value};

const FORMAT: u8 = 1;

/// The stored bytes are not a profile of a format that this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored profile cannot be read")]
pub struct DecodeError;

impl Profile {
    /// The profile as bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        self.write(&mut bytes);
        bytes
    }

    /// How many bytes the profile takes when it is stored.
    pub(crate) fn encoded_len(&self) -> usize {
        let mut count = Count(0);
        self.write(&mut count);
        count.0
    }

    fn write(&self, mut to: impl io::Write) {
        let leaves = self.leaves.iter().map(|(leaf, entry)| (leaf.name(), Stored(entry)));
        let written = to
            .write_all(&[FORMAT])
            .and_then(|()| Ok(serde_json::Serializer::new(&mut to).collect_map(leaves)?));
        debug_assert!(written.is_ok(), "a map of text to JSON values has a JSON form");
    }

    /// Reads what [`Profile::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are of another format or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let Some((&FORMAT, body)) = bytes.split_first() else { return Err(DecodeError) };
        let leaves: BTreeMap<String, Vec<JsonValue>> =
            serde_json::from_slice(body).map_err(|_| DecodeError)?;
        let leaves = leaves.into_iter().map(|(name, parts)| decode_entry(&name, parts).ok_or(DecodeError));
        Ok(Self { leaves: leaves.collect::<Result<_, _>>()? })
    }
}

/// Takes bytes and keeps their number.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stored<'a>(&'a Entry);

impl Serialize for Stored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = self.0.version;
        match &self.0.value {
            None => [version].serialize(serializer),
            Some(Value::Text(text)) => (version, text).serialize(serializer),
            Some(Value::Email(email)) => (version, email.as_str()).serialize(serializer),
            Some(Value::Phone(number)) => (version, [number.e164(), number.as_sent()]).serialize(serializer),
            Some(value) => (version, value.to_json()).serialize(serializer),
        }
    }
}

fn decode_entry(name: &str, mut parts: Vec<JsonValue>) -> Option<(Leaf, Entry)> {
    let leaf: Leaf = name.parse().ok()?;
    let version = parts.first()?.as_u64().filter(|version| *version > 0)?;
    let value = match parts.len() {
        1 => None,
        2 => Some(decode_value(&leaf, parts.swap_remove(1))?),
        _ => return None,
    };
    Some((leaf, Entry { value, version }))
}

fn decode_value(leaf: &Leaf, json: JsonValue) -> Option<Value> {
    Some(match (leaf.kind(), json) {
        (Kind::Text | Kind::Custom, JsonValue::String(text)) => Value::Text(text),
        (Kind::Email, JsonValue::String(text)) => {
            text.contains('@').then(|| Value::Email(Email::from_stored(text)))?
        }
        (Kind::Phone, JsonValue::Array(forms)) => {
            let [e164, as_sent] = <[String; 2]>::try_from(strings(forms)?).ok()?;
            Value::Phone(PhoneNumber::from_stored(e164, as_sent))
        }
        (Kind::Date, JsonValue::String(text)) => Value::Date(text.parse().ok()?),
        (Kind::Locale, JsonValue::String(text)) => Value::Locale(Locale::from_stored(text)),
        (Kind::TimeZone, JsonValue::String(text)) => Value::TimeZone(text.parse().ok()?),
        (Kind::Country, JsonValue::String(text)) => Value::Country(text.parse().ok()?),
        (Kind::Tags, JsonValue::Array(items)) => Value::Tags(BTreeSet::from_iter(strings(items)?)),
        (Kind::Custom, JsonValue::Bool(value)) => Value::Bool(value),
        (Kind::Custom, JsonValue::Array(items)) => Value::List(strings(items)?),
        (Kind::Custom, JsonValue::Number(number)) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Decimal(Decimal::from_stored(number.as_f64()?)),
        },
        _ => return None,
    })
}

fn strings(items: Vec<JsonValue>) -> Option<Vec<String>> {
    items
        .into_iter()
        .map(|item| match item {
            JsonValue::String(text) => Some(text),
            _ => None,
        })
        .collect()
}
