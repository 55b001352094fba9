use std::{fmt, hash::Hasher};

use canonical::{Kind, Leaf, Rules, Value};
use fnv::FnvHasher;

use crate::{Format, PhoneFormat};

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

    /// The way of a field with this name, which puts a value of this kind into this form, or into the text that the route's own
    /// table has for it.
    pub(super) fn of_field<'a>(
        to: &str,
        kind: Kind,
        format: Format,
        phone_format: PhoneFormat,
        map: impl Iterator<Item = (&'a String, &'a String)>,
    ) -> Self {
        let mut hasher = FnvHasher::default();
        let mut part = |text: &str| {
            hasher.write(&(text.len() as u64).to_le_bytes());
            hasher.write(text.as_bytes());
        };
        part(to);
        let mut has_table = false;
        for (canonical, wire) in map {
            part(canonical);
            part(wire);
            has_table = true;
        }
        // A form is a function: two are told apart by what they make of a few values.
        if !has_table {
            for sample in samples(kind) {
                part(&format(&sample, phone_format).map_or_else(String::new, |wire| wire.to_string()));
            }
        }
        Self::of(hasher.finish())
    }

    /// The same way, but for a value that does not go as it is: it is cut, say.
    pub(super) fn but(self, how: u64) -> Self {
        let mut hasher = FnvHasher::default();
        hasher.write(&self.0.to_le_bytes());
        hasher.write(&how.to_le_bytes());
        Self::of(hasher.finish())
    }

    fn of(hash: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
        Self(u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h]).max(1))
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
