use adapter::{PhoneFormat, Subject};
use canonical::Value;
use serde_json::Value as JsonValue;

/// User.com's numbers for a gender: 1 unknown, 2 male, 3 female; it has no other.
pub(crate) fn gender(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    match value.to_text()?.as_str() {
        "unknown" => Some(1.into()),
        "male" => Some(2.into()),
        "female" => Some(3.into()),
        _ => None,
    }
}

/// A text that can name a person in the path of a later request.
pub(crate) fn custom_id(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    let kind = crate::DIALECT.subject(crate::CUSTOM_ID)?;
    let subject = Subject::parse(kind, &value.to_text()?).ok()?;
    Some(subject.as_str().into())
}

/// The word in which User.com answers one of its numbers for a gender.
pub(crate) fn gender_word(number: &JsonValue) -> Option<&'static str> {
    match number.as_u64()? {
        1 => Some("unknown"),
        2 => Some("male"),
        3 => Some("female"),
        _ => None,
    }
}

/// A JSON integer.
pub(crate) fn integer(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    match value {
        Value::Integer(number) => Some((*number).into()),
        _ => None,
    }
}

/// A JSON boolean.
pub(crate) fn boolean(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    match value {
        Value::Bool(value) => Some((*value).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gender_that_user_com_does_not_know_has_no_form() {
        let text = |text: &str| gender(&Value::Text(text.to_owned()), PhoneFormat::E164);
        assert_eq!(text("female"), Some(3.into()));
        assert_eq!(text("nonbinary"), None);
    }

    #[test]
    fn typed_fields_take_their_type_only() {
        assert_eq!(integer(&Value::Integer(7), PhoneFormat::E164), Some(7.into()));
        assert_eq!(integer(&Value::Text("7".to_owned()), PhoneFormat::E164), None);
        assert_eq!(boolean(&Value::Bool(true), PhoneFormat::E164), Some(true.into()));
        assert_eq!(boolean(&Value::Text("true".to_owned()), PhoneFormat::E164), None);
    }
}
