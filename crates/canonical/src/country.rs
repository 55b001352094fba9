use std::{fmt, str::FromStr};

use crate::Invalid;

/// A country by its ISO 3166-1 alpha-2 code, in upper case; read in any case.
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
        let upper = text.to_ascii_uppercase();
        // Exceptionally reserved for what has another code.
        match &*upper {
            "UK" => return Err(Invalid("the code of the United Kingdom is GB")),
            "EL" => return Err(Invalid("the code of Greece is GR")),
            _ => {}
        }
        let is_code = upper.len() == 2 && upper.bytes().all(|byte| byte.is_ascii_uppercase());
        let found = is_code.then(|| rust_iso3166::from_alpha2(&upper)).flatten();
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
    fn only_the_alpha_2_codes_are_countries() {
        assert_eq!("CA".parse::<Country>().expect("a country").as_str(), "CA");
        for text in ["ca", "Ca"] {
            assert_eq!(text.parse::<Country>().expect("a country").as_str(), "CA");
        }
        for (text, code) in [("UK", "GB"), ("uk", "GB"), ("EL", "GR")] {
            assert!(text.parse::<Country>().expect_err(text).0.ends_with(code));
        }
        for text in ["CAN", "XX", "", "Canada", "ＣＡ"] {
            assert!(text.parse::<Country>().is_err(), "{text}");
        }
    }
}
