use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use canonical::{Leaf, Value};
use serde_json::Value as JsonValue;
use unicode_segmentation::UnicodeSegmentation;

use super::{Carried, ClearAs, Fate, FieldOptions, Fingerprint, Overlong};
use crate::{FieldRule, Format, PhoneFormat, Rule, WireValue};

/// Where one leaf goes.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field's name on the wire.
    pub to: Arc<str>,
    /// How the field is set and cleared.
    pub rule: Rule,
    max_chars: Option<usize>,
    format: Format,
    overlong: Overlong,
    clear: ClearAs,
    map: BTreeMap<String, String>,
    fingerprint: Fingerprint,
}

/// The empty text stands for no value.
const AS_EMPTY: u64 = 0;

impl Field {
    /// The field of a rule, under the name that the route gives it, for a leaf.
    pub(super) fn of(
        leaf: &Leaf,
        rule: &FieldRule,
        to: &str,
        options: &FieldOptions,
        phone_format: PhoneFormat,
    ) -> Self {
        let table = options.map.iter();
        Self {
            to: to.into(),
            rule: rule.rule,
            max_chars: rule.max_chars,
            format: rule.format,
            overlong: options.overlong,
            clear: options.clear,
            map: options.map.clone(),
            fingerprint: Fingerprint::of_field(to, leaf.kind(), rule.format, phone_format, table),
        }
    }

    /// The canonical text that a text of the vendor's stands for: where the route's own table has it, the first that becomes it.
    pub fn back<'a>(&'a self, wire: &'a str) -> &'a str {
        let found = self.map.iter().find(|(_, to)| *to == wire);
        found.map_or(wire, |(canonical, _)| canonical)
    }

    pub(super) fn set(&self, value: &Value, phone_format: PhoneFormat) -> Result<Carried, Fate> {
        // A set is one whichever leaf it comes from: what is sent as it stands would only ever be added.
        if self.rule == Rule::AddOnly {
            let wanted: BTreeSet<String> = match value {
                Value::Tags(tags) => tags.clone(),
                Value::List(items) => items.iter().cloned().collect(),
                _ => return Err(Fate::NotRepresentable),
            };
            let wanted = wanted.into_iter().collect();
            return Ok(self.carried(WireValue::Members { wanted, removed: Vec::new() }));
        }
        let wire = if self.map.is_empty() {
            (self.format)(value, phone_format)
        } else {
            value.to_text().and_then(|text| self.map.get(&text)).map(|text| JsonValue::from(text.as_str()))
        };
        let carried = self.fit(wire.ok_or(Fate::NotRepresentable)?)?;
        // A required field that is empty is what its vendor calls missing.
        if self.rule == Rule::Required && carried.wire == WireValue::Set("".into()) {
            return Err(Fate::NotRepresentable);
        }
        Ok(carried)
    }

    fn fit(&self, wire: JsonValue) -> Result<Carried, Fate> {
        let (Some(max), Some(text)) = (self.max_chars, wire.as_str()) else {
            return Ok(self.carried(WireValue::Set(wire)));
        };
        if text.chars().count() <= max {
            return Ok(self.carried(WireValue::Set(wire)));
        }
        match self.overlong {
            Overlong::Refuse => Err(Fate::TooLong),
            Overlong::Truncate => {
                let wire = WireValue::Set(truncate(text, max).into());
                Ok(Carried { wire, fingerprint: self.fingerprint.but(max as u64) })
            }
        }
    }

    pub(super) fn clear(&self) -> Result<Carried, Fate> {
        match (self.rule, self.clear) {
            (Rule::Nullable, _) => Ok(self.carried(WireValue::Clear)),
            (Rule::AddOnly, _) => {
                Ok(self.carried(WireValue::Members { wanted: Vec::new(), removed: Vec::new() }))
            }
            (Rule::SetOnly, ClearAs::EmptyString) => {
                Ok(Carried { wire: WireValue::Set("".into()), fingerprint: self.fingerprint.but(AS_EMPTY) })
            }
            (Rule::SetOnly | Rule::Required, _) => Err(Fate::NotClearable),
        }
    }

    fn carried(&self, wire: WireValue) -> Carried {
        Carried { wire, fingerprint: self.fingerprint }
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
