//! The typed values and names: every text is read or refused, and what was read is read again to the same value.

use canonical::{Country, Date, Decimal, Leaf, Locale, PhoneNumber, TimeZone, UserId};

/// Reads `data` as every kind of value.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    phone(&text);
    if let Ok(date) = text.parse::<Date>() {
        assert_eq!(date.to_string(), *text, "a date is kept as it was sent");
    }
    if let Ok(tag) = text.parse::<Locale>() {
        assert!(tag.as_str().is_ascii(), "a language tag is ASCII");
        assert_eq!(tag.as_str().parse::<Locale>().ok().as_ref(), Some(&tag), "a tag of a tag");
    }
    if let Ok(zone) = text.parse::<TimeZone>() {
        assert_eq!(zone.as_str().parse(), Ok(zone), "a zone of a zone");
    }
    if let Ok(country) = text.parse::<Country>() {
        assert!(country.as_str().len() == 2 && country.as_str().bytes().all(|b| b.is_ascii_uppercase()));
    }
    if let Ok(number) = Decimal::parse(&text) {
        assert!(number.get().is_finite(), "a number that is none");
        let again = format!("{:e}", number.get());
        assert_eq!(Decimal::parse(&again).map(Decimal::get), Ok(number.get()), "a number of a number");
    }
    if let Ok(id) = text.parse::<UserId>() {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
        assert!(id.as_str() == text && text.chars().all(plain) && (1..=128).contains(&text.len()));
        assert!(text.starts_with(|c: char| c.is_ascii_alphanumeric()), "a user id that begins with a mark");
    }
    if let Ok(leaf) = text.parse::<Leaf>() {
        assert_eq!(leaf.name(), text, "a leaf of another name");
    }
    assert_eq!(Leaf::custom(&text).is_ok(), is_custom_key(&text), "the form of a custom key");
}

fn is_custom_key(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && text.len() <= 64
}

fn phone(text: &str) {
    for country in [None, "CA".parse().ok(), "IT".parse().ok()] {
        let Ok(number) = PhoneNumber::parse(text, country) else { continue };
        assert_eq!(number.as_sent(), text, "a number is kept as it was sent");
        let digits = number.e164().strip_prefix('+').expect("E.164 begins with a plus sign");
        let is_e164 = digits.bytes().all(|b| b.is_ascii_digit()) && (2..=17).contains(&digits.len());
        assert!(is_e164, "not E.164");
    }
}
