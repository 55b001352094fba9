use canonical::{Json, Kind, Leaf};
use serde_json::Value as JsonValue;

use crate::WireValue;

/// Whether a member shows the value of a leaf in another spelling, as vendors do that keep an address in lower case or a number in
/// groups. It is asked only of what is not the same letter by letter.
///
/// The case of a name is the person's own matter and no spelling.
pub(super) fn is_another_spelling(leaf: &Leaf, expected: &WireValue, shown: &Json) -> bool {
    match expected {
        WireValue::Clear => false,
        WireValue::Members { wanted, removed } => {
            let Json::Array(members) = shown else { return false };
            let has = |name: &String| {
                members.iter().any(|own| own.as_str().is_some_and(|own| is_folded(name, own)))
            };
            wanted.iter().all(has) && !removed.iter().any(has)
        }
        WireValue::Set(JsonValue::Array(wanted)) => {
            let Json::Array(members) = shown else { return false };
            let is_one = |(own, other): (&JsonValue, &Json)| {
                own.as_str().zip(other.as_str()).is_some_and(|(own, other)| is_folded(own, other))
            };
            leaf.kind() == Kind::Tags
                && wanted.len() == members.len()
                && wanted.iter().zip(members).all(is_one)
        }
        WireValue::Set(value) => {
            let Some(expected) = value.as_str() else { return false };
            let (Json::String(shown) | Json::Number(shown)) = shown else { return false };
            is_one_text(leaf, expected.trim(), shown.trim())
        }
    }
}

fn is_one_text(leaf: &Leaf, expected: &str, shown: &str) -> bool {
    let is_gender = *leaf == Leaf::Gender;
    expected == shown
        || match leaf.kind() {
            Kind::Email | Kind::Country | Kind::TimeZone => is_folded(expected, shown),
            Kind::Locale => is_folded(&expected.replace('_', "-"), &shown.replace('_', "-")),
            Kind::Phone => is_one_number(expected, shown),
            _ if is_gender => {
                is_folded(expected, shown) || is_initial(expected, shown) || is_initial(shown, expected)
            }
            _ => false,
        }
}

fn is_folded(own: &str, other: &str) -> bool {
    own.trim().to_lowercase() == other.trim().to_lowercase()
}

/// `f` for `female`.
fn is_initial(letter: &str, word: &str) -> bool {
    letter.chars().count() == 1 && word.to_lowercase().starts_with(&letter.to_lowercase())
}

/// The fewest digits of a number without its country's.
const FEWEST: usize = 7;
/// The most digits of a country.
const MOST_OF_COUNTRY: usize = 3;

/// Whether two texts are one telephone number, written in groups or without the country's digits.
fn is_one_number(own: &str, other: &str) -> bool {
    let (Some(own), Some(other)) = (digits(own), digits(other)) else { return false };
    let (long, short) = if own.len() >= other.len() { (&own, &other) } else { (&other, &own) };
    // Within the country a zero often stands before the number.
    [short.as_str(), short.strip_prefix('0').unwrap_or(short)].iter().any(|short| {
        long == short
            || (short.len() >= FEWEST && long.len() - short.len() <= MOST_OF_COUNTRY && long.ends_with(short))
    })
}

/// The digits of a telephone number; none for a text with anything else than what groups digits.
fn digits(text: &str) -> Option<String> {
    let groups = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-.()/".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (text.chars().all(groups) && !digits.is_empty()).then(|| digits.trim_start_matches("00").to_owned())
}
