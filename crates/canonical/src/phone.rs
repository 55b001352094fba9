use std::fmt;

use rlibphonenumber::{NumberLengthType, PhoneNumberFormat};

use crate::{Country, Invalid};

/// A telephone number: its E.164 form, by which numbers are equal, and the text as it was sent.
///
/// A number is *possible* (its length exists in its numbering plan), not necessarily *valid* or in service.
#[derive(Clone)]
pub struct PhoneNumber {
    e164: String,
    as_sent: String,
}

impl PhoneNumber {
    /// Reads digits with an optional leading `+` and spaces, `-`, `.`, `(`, `)` between.
    ///
    /// # Errors
    /// When other characters occur, when the number is not possible, or when it has no `+` and there is no
    /// `default_country` to read it in.
    pub fn parse(text: &str, default_country: Option<Country>) -> Result<Self, Invalid> {
        let international = text.starts_with('+');
        let rest = text.strip_prefix('+').unwrap_or(text);
        if has_extension(text) {
            return Err(Invalid(
                "an extension cannot be sent to the vendors; send the number without it, and the extension under custom",
            ));
        }
        if !rest.bytes().all(|b| b.is_ascii_digit() || b" -.()".contains(&b)) {
            return Err(Invalid(
                "a phone number is digits with an optional + in front and spaces, - . ( ) between",
            ));
        }
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        if !(2..=15).contains(&digits) {
            return Err(Invalid("a phone number has 2 to 15 digits"));
        }
        let region = match default_country {
            _ if international => None,
            Some(country) => country.as_str().parse().ok(),
            None => {
                return Err(Invalid(
                    "write the phone number in international form with a + in front; no default country is configured",
                ));
            }
        };
        let impossible = Invalid("the phone number is not possible in its country's numbering plan");
        let number = rlibphonenumber::PhoneNumber::parse(text, region).map_err(|_| impossible)?;
        match number.is_possible_with_reason() {
            Ok(NumberLengthType::IsPossible) => {}
            _ => return Err(impossible),
        }
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        Ok(Self { e164, as_sent: text.to_owned() })
    }

    /// The number in E.164 form, `+14165551234`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The text exactly as the caller sent it.
    pub fn as_sent(&self) -> &str {
        &self.as_sent
    }

    /// Takes the two forms as they were stored.
    pub(crate) fn from_stored(e164: String, as_sent: String) -> Self {
        Self { e164, as_sent }
    }
}

/// Whether a number goes on after its digits with an extension, as it is written most (RFC 3966 section 5.1.1).
fn has_extension(text: &str) -> bool {
    let behind = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic() && !matches!(c, ';' | '#' | ','));
    let mark = behind.trim_end_matches(|c: char| c.is_ascii_digit() || " .:=".contains(c));
    let is_mark = ["ext", "extension", "x", "#", ";ext", ",ext", "durchwahl", "dw", "poste"];
    behind.len() > mark.len() && is_mark.contains(&&*mark.to_ascii_lowercase())
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.e164 == other.e164
    }
}

impl Eq for PhoneNumber {}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({} digits)", self.e164.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Option<Country> {
        Some(code.parse().expect("a country"))
    }

    #[test]
    fn both_forms_are_kept_and_equality_is_by_e164() {
        let dotted = PhoneNumber::parse("416-555-1234", country("CA")).expect("possible");
        assert_eq!(dotted.e164(), "+14165551234");
        assert_eq!(dotted.as_sent(), "416-555-1234");
        assert_eq!(dotted, PhoneNumber::parse("+1 (416) 555.1234", None).expect("possible"));
    }

    #[test]
    fn numbers_of_many_plans_become_e164() {
        for (text, region, e164) in [
            ("+15555555555", None, "+15555555555"),
            ("5625551234", country("US"), "+15625551234"),
            ("020 7946 0000", country("GB"), "+442079460000"),
            ("+44 (0)20 7946 0000", None, "+442079460000"),
            ("+39 06 1234 5678", None, "+390612345678"),
            ("+49 30 901820", None, "+4930901820"),
            ("+81 3-1234-5678", None, "+81312345678"),
        ] {
            assert_eq!(PhoneNumber::parse(text, region).expect(text).e164(), e164, "{text}");
        }
    }

    #[test]
    fn impossible_or_ambiguous_numbers_are_refused() {
        for text in [
            "416-555-1234",
            "+1",
            "+999123456789",
            "+1416555123456789",
            "call me",
            "+1 416 555 CALL",
            "",
            "+",
        ] {
            assert!(PhoneNumber::parse(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn an_extension_is_refused_by_its_name() {
        for text in [
            "555-1234 ext 3",
            "+1 416 555 1234;ext=56",
            "+14165551234x56",
            "+1 416 555 1234 Ext. 5",
            "+14165551234#5",
        ] {
            let refused = PhoneNumber::parse(text, country("CA")).expect_err(text);
            assert!(refused.0.contains("extension"), "{text}: {}", refused.0);
        }
        for text in ["+1 416 555 CALL", "#31#4165551234", "+1 416 555 1234 x"] {
            assert!(
                !PhoneNumber::parse(text, country("CA")).expect_err(text).0.contains("extension"),
                "{text}"
            );
        }
    }

    /// Germany's plan has room for more than E.164 does.
    #[test]
    fn a_number_has_at_most_fifteen_digits() {
        assert_eq!(PhoneNumber::parse("+4930 90182-012345", None).expect("15").e164(), "+493090182012345");
        assert!(PhoneNumber::parse("+4930 90182-0123456", None).is_err());
    }
}
