use std::{fmt, str::FromStr, sync::Arc};

use crate::Invalid;

/// The callers' own id of a person: `[A-Za-z0-9][A-Za-z0-9._:-]{0,127}`.
///
/// An e-mail address is not an id, because it changes and is personal data: `@` is not allowed. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = text.as_bytes();
        let starts_well = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
        let goes_on_well = bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(b));
        if !starts_well || !goes_on_well || bytes.len() > 128 {
            return Err(Invalid(
                "a user id is 1 to 128 letters, digits, '.', '_', ':' or '-', and starts with a letter or digit",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for UserId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_callers_are_accepted() {
        for id in ["crm-42", "A", "0", "a.b_c:d-e", &"x".repeat(128)] {
            assert!(id.parse::<UserId>().is_ok(), "{id}");
        }
    }

    #[test]
    fn what_could_change_the_shape_of_a_path_or_name_a_person_is_refused() {
        for id in ["", ".", "..", "%2e%2e", "a/b", "a b", "jane@x.org", "-a", "é", "a\0", &"x".repeat(129)] {
            assert!(id.parse::<UserId>().is_err(), "{id:?}");
        }
    }
}
