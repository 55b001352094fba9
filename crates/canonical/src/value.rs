use std::{collections::BTreeSet, fmt};

use crate::{
    Country, Date, Decimal, Email, Invalid, Json, Kind, Leaf, Locale, MAX_LIST, MAX_STRING, MAX_TAGS,
    PhoneNumber, Rules, TimeZone,
};

/// A value that a leaf holds. Its `Debug` shows the kind and never the content.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Free text.
    Text(String),
    /// An e-mail address.
    Email(Email),
    /// A telephone number.
    Phone(PhoneNumber),
    /// A calendar date.
    Date(Date),
    /// A language tag.
    Locale(Locale),
    /// A time zone.
    TimeZone(TimeZone),
    /// A country.
    Country(Country),
    /// A set of labels.
    Tags(BTreeSet<String>),
    /// A boolean (custom leaves only).
    Bool(bool),
    /// An integer within ±(2^53 − 1) (custom leaves only).
    Integer(i64),
    /// A decimal number (custom leaves only).
    Decimal(Decimal),
    /// A list of strings (custom leaves only).
    List(Vec<String>),
}

const MAX_INTEGER: i64 = (1 << 53) - 1;
const NULL_CLEARS: Invalid = Invalid("an empty string is no value here; use null to clear the leaf");

impl Value {
    /// Reads the value of `leaf`.
    ///
    /// # Errors
    /// When the JSON type or the text does not fit the leaf.
    pub fn parse(leaf: &Leaf, json: &Json, rules: &Rules) -> Result<Self, Invalid> {
        match leaf.kind() {
            Kind::Text => text(leaf, json).map(Value::Text),
            Kind::Email => typed(json, |text| text.parse().map(Value::Email)),
            Kind::Phone => {
                typed(json, |text| PhoneNumber::parse(text, rules.default_country).map(Value::Phone))
            }
            Kind::Date => typed(json, |text| text.parse().map(Value::Date)),
            Kind::Locale => typed(json, |text| text.parse().map(Value::Locale)),
            Kind::TimeZone => typed(json, |text| text.parse().map(Value::TimeZone)),
            Kind::Country => typed(json, |text| text.parse().map(Value::Country)),
            Kind::Tags => tags(json),
            Kind::Custom => custom(leaf, json),
        }
    }

    /// The value as text where it has one form: text, a typed value, a boolean or a number; none for sets and lists.
    pub fn to_text(&self) -> Option<String> {
        Some(match self {
            Value::Text(text) => text.clone(),
            Value::Email(email) => email.as_str().to_owned(),
            Value::Phone(number) => number.e164().to_owned(),
            Value::Date(date) => date.to_string(),
            Value::Locale(locale) => locale.as_str().to_owned(),
            Value::TimeZone(zone) => zone.as_str().to_owned(),
            Value::Country(country) => country.as_str().to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Decimal(number) => number.get().to_string(),
            Value::Tags(_) | Value::List(_) => return None,
        })
    }

    /// The value as the API shows it: a phone number in E.164, sets and lists as arrays, typed values as strings.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Bool(value) => (*value).into(),
            Value::Integer(number) => (*number).into(),
            Value::Decimal(number) => number.get().into(),
            Value::Tags(tags) => tags.iter().cloned().collect(),
            Value::List(items) => items.iter().cloned().collect(),
            other => other.to_text().into(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Value::Text(_) => "Text(..)",
            Value::Email(_) => "Email(..)",
            Value::Phone(_) => "Phone(..)",
            Value::Date(_) => "Date(..)",
            Value::Locale(_) => "Locale(..)",
            Value::TimeZone(_) => "TimeZone(..)",
            Value::Country(_) => "Country(..)",
            Value::Tags(_) => "Tags(..)",
            Value::Bool(_) => "Bool(..)",
            Value::Integer(_) => "Integer(..)",
            Value::Decimal(_) => "Decimal(..)",
            Value::List(_) => "List(..)",
        })
    }
}

fn typed(json: &Json, parse: impl FnOnce(&str) -> Result<Value, Invalid>) -> Result<Value, Invalid> {
    match json {
        Json::String(text) if text.is_empty() => Err(NULL_CLEARS),
        Json::String(text) => parse(text),
        _ => Err(Invalid("the leaf takes a string, or null to clear it")),
    }
}

fn text(leaf: &Leaf, json: &Json) -> Result<String, Invalid> {
    let Json::String(text) = json else {
        return Err(Invalid("the leaf takes a string, or null to clear it"));
    };
    check_text(text, matches!(leaf, Leaf::StreetAddress))?;
    Ok(text.clone())
}

/// Control characters (Unicode category Cc) are refused: stores and vendors drop, cut at or act on them.
fn check_text(text: &str, may_have_lines: bool) -> Result<(), Invalid> {
    if text.len() > MAX_STRING {
        return Err(Invalid("a string has at most 8 KiB of UTF-8"));
    }
    if text.chars().any(|c| c.is_control() && !(may_have_lines && c == '\n')) {
        return Err(Invalid(
            "the string has a control character; only address.street_address may have line feeds",
        ));
    }
    Ok(())
}

fn tags(json: &Json) -> Result<Value, Invalid> {
    let wrong = Invalid("tags takes an array of at most 256 non-empty strings, or null to clear it");
    let Json::Array(items) = json else { return Err(wrong) };
    let tags = strings(items, wrong)?;
    if tags.iter().any(String::is_empty) {
        return Err(wrong);
    }
    let tags: BTreeSet<String> = tags.into_iter().collect();
    if tags.len() > MAX_TAGS { Err(wrong) } else { Ok(Value::Tags(tags)) }
}

fn strings(items: &[Json], wrong: Invalid) -> Result<Vec<String>, Invalid> {
    items
        .iter()
        .map(|item| match item {
            Json::String(text) => check_text(text, false).map(|()| text.clone()),
            _ => Err(wrong),
        })
        .collect()
}

fn custom(leaf: &Leaf, json: &Json) -> Result<Value, Invalid> {
    let wrong = Invalid("a custom leaf takes a string, a boolean, a number or a list of at most 64 strings");
    match json {
        Json::String(_) => text(leaf, json).map(Value::Text),
        Json::Bool(value) => Ok(Value::Bool(*value)),
        Json::Number(number) => custom_number(number),
        Json::Array(items) if items.len() <= MAX_LIST => strings(items, wrong).map(Value::List),
        _ => Err(wrong),
    }
}

fn custom_number(text: &str) -> Result<Value, Invalid> {
    if text.contains(['.', 'e', 'E']) {
        return Decimal::parse(text).map(Value::Decimal);
    }
    match text.parse::<i64>() {
        Ok(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => Ok(Value::Integer(number)),
        _ => Err(Invalid("an integer lies within ±(2^53 − 1); send a larger one as a string")),
    }
}
