use std::{fmt, str::FromStr};

use crate::Invalid;

/// A calendar date, `YYYY-MM-DD`; year `0000` stands for an unknown year, as in OpenID Connect's `birthdate`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl FromStr for Date {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(Invalid("a date is YYYY-MM-DD"));
        }
        text.parse().map(Self).map_err(|_| Invalid("there is no such day in the calendar"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Date(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar_are_dates_and_nothing_else() {
        for text in ["1990-02-28", "2024-02-29", "0000-05-17"] {
            assert_eq!(text.parse::<Date>().expect(text).to_string(), text);
        }
        for text in ["2023-02-29", "1990-2-8", "1990-02-28T00:00", "", "28.02.1990", "+990-02-28"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
