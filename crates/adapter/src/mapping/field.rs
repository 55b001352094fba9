use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use canonical::{Json, Kind, Leaf, Value};
use serde_json::Value as JsonValue;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Carried, ClearAs, Fate, FieldOptions, Fingerprint, MappingFault, Overlong,
    turn::{Turn, in_form_of},
};
use crate::{FieldRule, Format, PhoneFormat, Rule, WireValue};

/// Where one leaf goes.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field's name on the wire.
    pub to: Arc<str>,
    /// How the field is set and cleared.
    pub rule: Rule,
    pub(super) max_chars: Option<usize>,
    pub(super) format: Format,
    pub(super) overlong: Overlong,
    pub(super) clear: ClearAs,
    pub(super) turn: Turn,
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
    ) -> Result<Self, MappingFault> {
        let turn = turn(leaf, rule, to, options, phone_format)?;
        let is_empty_text = || (rule.format)(&Value::Text(String::new()), phone_format) == Some("".into());
        if rule.rule == Rule::SetOnly && options.clear == ClearAs::EmptyString && !is_empty_text() {
            let takes = rule.takes.unwrap_or("no empty text");
            let sentence = format!("\"{to}\" takes {takes}, and an empty text is none; remove clear");
            return Err(MappingFault::Option { leaf: leaf.clone(), option: "clear", key: None, sentence });
        }
        let (kind, form) = (leaf.kind(), |value: &Value| turn.wire(value, rule.format, phone_format));
        let fingerprint = match &turn {
            Turn::Table(table) => Fingerprint::of_table(to, table),
            Turn::AsIs | Turn::Negated => Fingerprint::of_form(to, kind, form),
        };
        Ok(Self {
            to: to.into(),
            rule: rule.rule,
            max_chars: rule.max_chars,
            format: rule.format,
            overlong: options.overlong,
            clear: options.clear,
            turn,
            fingerprint,
        })
    }

    /// The canonical value that a vendor's stands for, where the route turns values into others: of several that became it, the
    /// first. None where it stands for itself.
    pub fn back(&self, shown: &Json) -> Option<JsonValue> {
        self.turn.back(shown)
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
        let wire = self.turn.wire(value, self.format, phone_format);
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

/// What the options of a leaf make of its values.
fn turn(
    leaf: &Leaf,
    rule: &FieldRule,
    to: &str,
    options: &FieldOptions,
    phone_format: PhoneFormat,
) -> Result<Turn, MappingFault> {
    let fault = |option, key: Option<&str>, sentence| MappingFault::Option {
        leaf: leaf.clone(),
        option,
        key: key.map(str::to_owned),
        sentence,
    };
    if options.negate {
        let has_opposite = leaf.kind() == Kind::Custom
            && rule.rule != Rule::AddOnly
            && (rule.format)(&Value::Bool(true), phone_format).is_some();
        return match (has_opposite, options.map.is_empty()) {
            (true, true) => Ok(Turn::Negated),
            (true, false) => Err(fault("negate", None, "write either negate or map, not both".to_owned())),
            (false, _) => {
                let sentence = format!(
                    "negate turns true and false around, and {leaf} at \"{to}\" is neither; remove it"
                );
                Err(fault("negate", None, sentence))
            }
        };
    }
    if options.map.is_empty() {
        return Ok(Turn::AsIs);
    }
    let mut table = BTreeMap::new();
    for (canonical, value) in &options.map {
        let of_key = |sentence| fault("map", Some(canonical), sentence);
        let takes = rule.takes.unwrap_or("a text");
        let wire = match rule.rule {
            // A set has no use for a table, whatever is in it.
            Rule::AddOnly => value.to_json(),
            _ => in_form_of(value, rule.format, phone_format)
                .ok_or_else(|| of_key(format!("\"{to}\" takes {takes}; write that as the value")))?,
        };
        let text = wire.as_str().unwrap_or_default();
        if rule.rule == Rule::Required && wire.as_str() == Some("") {
            return Err(of_key(format!("\"{to}\" cannot be empty; write what the vendor is to have")));
        }
        if let Some(max) = rule.max_chars.filter(|max| text.chars().count() > *max)
            && options.overlong == Overlong::Refuse
        {
            return Err(of_key(format!("\"{to}\" takes {max} characters at most; write a shorter text")));
        }
        table.insert(canonical.clone(), wire);
    }
    Ok(Turn::Table(table))
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
