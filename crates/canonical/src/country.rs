use std::{fmt, str::FromStr};

use crate::Invalid;

/// A country by its ISO 3166-1 alpha-2 code in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl FromStr for Country {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let upper = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        let found = upper.then(|| rust_iso3166::from_alpha2(text)).flatten();
        found
            .map(|country| Self(country.alpha2))
            .ok_or(Invalid("a country is an ISO 3166-1 alpha-2 code such as CA"))
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Country(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_upper_case_alpha_2_codes_are_countries() {
        assert_eq!("CA".parse::<Country>().expect("a country").as_str(), "CA");
        for text in ["ca", "CAN", "XX", "", "Canada", "ＣＡ"] {
            assert!(text.parse::<Country>().is_err(), "{text}");
        }
    }
}
