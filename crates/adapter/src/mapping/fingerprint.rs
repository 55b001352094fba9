use std::{collections::BTreeMap, fmt, hash::Hasher};

use canonical::{Kind, Leaf, Rules, Value};
use fnv::FnvHasher;
use serde_json::Value as JsonValue;

/// Tells two ways apart in which values are put on the wire: the same value under the same fingerprint is the same bytes in
/// the same field. It stays the same from one process to the next, so that what was confirmed under a mapping can be held
/// against the mapping that is there now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// The fingerprint with this number; zero is that of no way.
    pub const fn of_number(number: u32) -> Self {
        Self(number)
    }

    /// The number, to be kept.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The fingerprint of a text.
    pub fn of_text(text: &str) -> Self {
        let mut hasher = FnvHasher::default();
        hasher.write(text.as_bytes());
        Self::of(hasher.finish())
    }

    /// The way of a field with this name, which puts a value of this kind into this form.
    pub(super) fn of_form(to: &str, kind: Kind, form: impl Fn(&Value) -> Option<JsonValue>) -> Self {
        let mut parts = Parts::default();
        parts.text(to);
        // A form is a function: two are told apart by what they make of a few values.
        for sample in samples(kind) {
            parts.text(&form(&sample).map_or_else(String::new, |wire| wire.to_string()));
        }
        Self::of(parts.0.finish())
    }

    /// The way of a field with this name, which gets what the route's own table has for a text.
    pub(super) fn of_table(to: &str, table: &BTreeMap<String, JsonValue>) -> Self {
        let mut parts = Parts::default();
        parts.text(to);
        for (canonical, wire) in table {
            parts.text(canonical);
            match wire {
                JsonValue::String(text) => parts.text(text),
                typed => parts.typed(&typed.to_string()),
            }
        }
        Self::of(parts.0.finish())
    }

    /// The same way, but for a value that does not go as it is: it is cut, say.
    pub(super) fn but(self, how: u64) -> Self {
        let mut hasher = FnvHasher::default();
        hasher.write(&self.0.to_le_bytes());
        hasher.write(&how.to_le_bytes());
        Self::of(hasher.finish())
    }

    /// The same way, but for a value that names this person.
    pub(super) fn naming(self, person: &str) -> Self {
        self.but(u64::from(Self::of_text(person).0))
    }

    fn of(hash: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
        Self(u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h]).max(1))
    }
}

/// What a fingerprint is made of: each part goes in with its length, so that no two lists of parts look the same.
#[derive(Default)]
struct Parts(FnvHasher);

/// No text is so long: tells `true` from `"true"`.
const TYPED: u64 = 1 << 63;

impl Parts {
    fn text(&mut self, text: &str) {
        self.0.write(&(text.len() as u64).to_le_bytes());
        self.0.write(text.as_bytes());
    }

    fn typed(&mut self, json: &str) {
        self.0.write(&(json.len() as u64 | TYPED).to_le_bytes());
        self.0.write(json.as_bytes());
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Values of a kind, of which each form makes something else.
fn samples(kind: Kind) -> Vec<Value> {
    let (leaf, texts): (_, &[&str]) = match kind {
        Kind::Text => (Ok(Leaf::Title), &[r#""A b""#, r#""male""#, r#""female""#]),
        Kind::Email => (Ok(Leaf::Email), &[r#""A@example.org""#]),
        Kind::Phone => (Ok(Leaf::PhoneNumber), &[r#""+1 416 555 0123""#]),
        Kind::Date => (Ok(Leaf::Birthdate), &[r#""1999-02-03""#]),
        Kind::Locale => (Ok(Leaf::Locale), &[r#""en-CA""#]),
        Kind::TimeZone => (Ok(Leaf::Zoneinfo), &[r#""Europe/Berlin""#]),
        Kind::Country => (Ok(Leaf::Country), &[r#""CA""#]),
        Kind::Tags => (Ok(Leaf::Tags), &[r#"["b","a"]"#]),
        Kind::Custom => (Leaf::custom("sample"), &[r#""A b""#, "true", "12", "1.5", r#"["b","a"]"#]),
    };
    let value = |text: &&str| {
        let json = canonical::Json::parse(text.as_bytes()).ok()?;
        Value::parse(leaf.as_ref().ok()?, &json, &Rules::default()).ok()
    };
    texts.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_value_has_samples() {
        let kinds = Leaf::STANDARD.iter().map(Leaf::kind).chain([Kind::Custom]);
        assert!(kinds.into_iter().all(|kind| !samples(kind).is_empty()));
        assert_eq!(samples(Kind::Custom).len(), 5);
        assert_eq!(samples(Kind::Text).len(), 3);
    }
}
