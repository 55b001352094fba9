use canonical::Value;
use serde_json::Value as JsonValue;

/// Turns a value into its wire form under the route's phone format; none when the field cannot represent it.
pub type Format = fn(&Value, PhoneFormat) -> Option<JsonValue>;

/// In which form a route sends telephone numbers to a vendor that takes any form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneFormat {
    /// `+14165551234`.
    #[default]
    E164,
    /// The text as the caller sent it.
    AsSent,
}

/// A JSON string; sets and lists have no such form.
pub fn as_text(value: &Value, phone_format: PhoneFormat) -> Option<JsonValue> {
    match value {
        Value::Phone(_) => phone(value, phone_format),
        _ => value.to_text().map(JsonValue::String),
    }
}

/// The JSON type of the value itself: booleans and numbers stay what they are, sets and lists become arrays.
pub fn as_json(value: &Value, phone_format: PhoneFormat) -> Option<JsonValue> {
    match value {
        Value::Phone(_) => phone(value, phone_format),
        _ => Some(value.to_json()),
    }
}

/// A telephone number in the route's phone format; other values as text.
pub fn phone(value: &Value, phone_format: PhoneFormat) -> Option<JsonValue> {
    match (value, phone_format) {
        (Value::Phone(number), PhoneFormat::AsSent) => Some(number.as_sent().into()),
        (Value::Phone(number), PhoneFormat::E164) => Some(number.e164().into()),
        _ => value.to_text().map(JsonValue::String),
    }
}

/// A telephone number in E.164 whatever the route says; other values have no form here.
pub fn phone_e164(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    match value {
        Value::Phone(number) => Some(number.e164().into()),
        _ => None,
    }
}
