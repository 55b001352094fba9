use std::{fmt, str::FromStr};

use crate::Invalid;

/// A language tag by BCP 47, in its conventional case (`en-CA`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

impl Locale {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a tag as it was stored.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Locale {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let tag = oxilangtag::LanguageTag::parse_and_normalize(text);
        tag.map(|tag| Self(tag.into_inner())).map_err(|_| Invalid("a locale is a BCP 47 tag such as en-CA"))
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locale(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_take_their_conventional_case() {
        for (text, tag) in [("en-ca", "en-CA"), ("de", "de"), ("ZH-hant-TW", "zh-Hant-TW")] {
            assert_eq!(text.parse::<Locale>().expect(text).as_str(), tag);
        }
        for text in ["", "en_CA", "english language", "e"] {
            assert!(text.parse::<Locale>().is_err(), "{text}");
        }
    }
}
