use std::collections::BTreeMap;

use canonical::Value;
use serde_json::Value as JsonValue;
use unicode_segmentation::UnicodeSegmentation;

use super::{ClearAs, Fate, FieldOptions, Overlong};
use crate::{FieldRule, Format, PhoneFormat, Rule, WireValue};

/// Where one leaf goes.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field's name on the wire.
    pub to: String,
    /// How the field is set and cleared.
    pub rule: Rule,
    max_chars: Option<usize>,
    format: Format,
    overlong: Overlong,
    clear: ClearAs,
    map: BTreeMap<String, String>,
}

impl Field {
    pub(super) fn of(rule: &FieldRule, options: &FieldOptions) -> Self {
        Self {
            to: rule.to.to_owned(),
            rule: rule.rule,
            max_chars: rule.max_chars,
            format: rule.format,
            overlong: options.overlong,
            clear: options.clear,
            map: options.map.clone(),
        }
    }

    /// The canonical text that a text of the vendor's stands for: where the route's own table has it, the first that becomes it.
    pub fn back<'a>(&'a self, wire: &'a str) -> &'a str {
        let found = self.map.iter().find(|(_, to)| *to == wire);
        found.map_or(wire, |(canonical, _)| canonical)
    }

    pub(super) fn set(&self, value: &Value, phone_format: PhoneFormat) -> Result<WireValue, Fate> {
        if let (Rule::AddOnly, Value::Tags(tags)) = (self.rule, value) {
            return Ok(WireValue::Members { wanted: tags.iter().cloned().collect(), removed: Vec::new() });
        }
        let wire = if self.map.is_empty() {
            (self.format)(value, phone_format)
        } else {
            value.to_text().and_then(|text| self.map.get(&text)).map(|text| JsonValue::from(text.as_str()))
        };
        let wire = self.fit(wire.ok_or(Fate::NotRepresentable)?)?;
        // A required field that is empty is what its vendor calls missing.
        if self.rule == Rule::Required && wire.as_str() == Some("") {
            return Err(Fate::NotRepresentable);
        }
        Ok(WireValue::Set(wire))
    }

    fn fit(&self, wire: JsonValue) -> Result<JsonValue, Fate> {
        let (Some(max), Some(text)) = (self.max_chars, wire.as_str()) else { return Ok(wire) };
        if text.chars().count() <= max {
            return Ok(wire);
        }
        match self.overlong {
            Overlong::Refuse => Err(Fate::TooLong),
            Overlong::Truncate => Ok(truncate(text, max).into()),
        }
    }

    pub(super) fn clear(&self) -> Result<WireValue, Fate> {
        match (self.rule, self.clear) {
            (Rule::Nullable, _) => Ok(WireValue::Clear),
            (Rule::AddOnly, _) => Ok(WireValue::Members { wanted: Vec::new(), removed: Vec::new() }),
            (Rule::SetOnly, ClearAs::EmptyString) => Ok(WireValue::Set("".into())),
            (Rule::SetOnly | Rule::Required, _) => Err(Fate::NotClearable),
        }
    }
}

/// The longest beginning of whole characters (grapheme clusters) with at most `max` Unicode scalar values.
fn truncate(text: &str, max: usize) -> String {
    let mut left = max;
    let fits = |grapheme: &&str| {
        let length = grapheme.chars().count();
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    };
    text.graphemes(true).take_while(fits).collect()
}
