use std::collections::BTreeMap;

use canonical::{Json, PhoneNumber, Value};
use serde_json::Value as JsonValue;

use crate::{Format, PhoneFormat, echo_differs};

/// What becomes of a value before it goes to its field.
#[derive(Debug, Clone)]
pub(super) enum Turn {
    /// The field's form of it.
    AsIs,
    /// The field's form of the opposite boolean; nothing else has an opposite.
    Negated,
    /// What the route's own table has for its text, in the field's form; nothing else passes.
    Table(BTreeMap<String, JsonValue>),
}

impl Turn {
    pub(super) fn wire(&self, value: &Value, format: Format, phone_format: PhoneFormat) -> Option<JsonValue> {
        match (self, value) {
            (Turn::AsIs, _) => format(value, phone_format),
            (Turn::Negated, Value::Bool(value)) => format(&Value::Bool(!value), phone_format),
            (Turn::Negated, _) => None,
            (Turn::Table(table), _) => table.get(&value.to_text()?).cloned(),
        }
    }

    /// The canonical value that a vendor's stands for; none where it stands for itself. Of several that became it, the first.
    pub(super) fn back(&self, shown: &Json) -> Option<JsonValue> {
        match (self, shown) {
            (Turn::AsIs, _) => None,
            (Turn::Negated, Json::Bool(shown)) => Some((!shown).into()),
            (Turn::Negated, Json::String(shown)) => {
                let shown: bool = shown.parse().ok()?;
                Some((!shown).to_string().into())
            }
            (Turn::Negated, _) => None,
            (Turn::Table(table), _) => {
                let (canonical, _) = table.iter().find(|(_, wire)| !echo_differs(wire, shown))?;
                Some(canonical.as_str().into())
            }
        }
    }
}

/// What a field makes of a value that a table gives it: of the value itself, or, where the field holds no text, of what the text
/// spells.
pub(super) fn in_form_of(value: &Value, format: Format, phone_format: PhoneFormat) -> Option<JsonValue> {
    let spelled = || {
        let Value::Text(text) = value else { return None };
        let boolean = text.parse().ok().map(Value::Bool);
        let integer = text.parse().ok().map(Value::Integer);
        let number = PhoneNumber::parse(text, None).ok().map(Value::Phone);
        [boolean, integer, number].into_iter().flatten().find_map(|value| format(&value, phone_format))
    };
    format(value, phone_format).or_else(spelled)
}
