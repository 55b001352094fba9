use std::collections::BTreeMap;

use canonical::{Leaf, Value, nearest};
use serde_json::Value as JsonValue;
use unicode_segmentation::UnicodeSegmentation;

use crate::{Dialect, FieldRule, Format, PhoneFormat, Rule, WireValue};

/// A dialect's table together with what a route configures: which leaf goes to which field, and how.
#[derive(Debug)]
pub struct Mapping {
    dialect: &'static Dialect,
    phone_format: PhoneFormat,
    fields: BTreeMap<Leaf, Field>,
}

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

/// What a route configures about its fields.
#[derive(Debug, Clone, Default)]
pub struct MappingOptions {
    /// Per leaf, what differs from the dialect's table.
    pub fields: BTreeMap<Leaf, FieldOption>,
    /// In which form telephone numbers are sent.
    pub phone_format: PhoneFormat,
}

/// What a route configures about one leaf.
#[derive(Debug, Clone)]
pub enum FieldOption {
    /// The leaf is not sent.
    Off,
    /// The leaf is sent in this way.
    On(FieldOptions),
}

/// How a route sends one leaf.
#[derive(Debug, Clone, Default)]
pub struct FieldOptions {
    /// The field's name on the wire; none for the dialect's own.
    pub to: Option<String>,
    /// What happens to a value that is too long.
    pub overlong: Overlong,
    /// What happens when the leaf is cleared and the field cannot be.
    pub clear: ClearAs,
    /// The wire text of each canonical text; empty for "as it is".
    pub map: BTreeMap<String, String>,
}

/// What happens to a value that is longer than its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlong {
    /// It is not sent and has the fate `too_long`.
    #[default]
    Refuse,
    /// It is cut at the last whole character that fits.
    Truncate,
}

/// What happens when a leaf is cleared and its field has no way to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClearAs {
    /// It is not sent and has the fate `not_clearable`.
    #[default]
    Refuse,
    /// The empty string is sent.
    EmptyString,
}

/// What becomes of one leaf of an update at one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is or was sent.
    Sent,
    /// It had that value already.
    Unchanged,
    /// The vendor has no place for it.
    Unsupported,
    /// The route does not map it.
    Unmapped,
    /// The vendor has no way to clear it.
    NotClearable,
    /// It is longer than the vendor allows.
    TooLong,
    /// The vendor's field cannot hold such a value.
    NotRepresentable,
    /// The vendor refused it; it waits while the rest goes on.
    Held,
    /// The vendor needs it and nobody has given it.
    Missing,
}

impl Fate {
    /// The fate's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Sent => "sent",
            Fate::Unchanged => "unchanged",
            Fate::Unsupported => "unsupported",
            Fate::Unmapped => "unmapped",
            Fate::NotClearable => "not_clearable",
            Fate::TooLong => "too_long",
            Fate::NotRepresentable => "not_representable",
            Fate::Held => "held",
            Fate::Missing => "missing",
        }
    }
}

/// A mistake in a route's mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// The vendor has no such field.
    #[error("{vendor} has no field \"{to}\"{}", suggestion(.nearest))]
    UnknownField {
        /// The leaf that is mapped.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
        /// The name that does not exist.
        to: String,
        /// The nearest name that does.
        nearest: Option<&'static str>,
    },
    /// Two leaves go to one field.
    #[error("{leaf} and {other} both go to \"{to}\"; map one of them elsewhere or set it to false")]
    TwoLeavesOneField {
        /// The second leaf.
        leaf: Leaf,
        /// The first leaf.
        other: Leaf,
        /// The field.
        to: String,
    },
    /// The vendor needs the leaf with every request.
    #[error("{vendor} needs {leaf} with every request; it cannot be left out")]
    RequiredOff {
        /// The leaf.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
    },
    /// The leaf is mapped without a name and the dialect has none for it.
    #[error("{vendor} has no field of its own for {leaf}; name one with {leaf} = \"…\"")]
    NoDefault {
        /// The leaf.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
    },
    /// The name is not a field that a route may write.
    #[error(
        "{leaf} cannot go to \"{to}\": at {vendor} it names the person or is read-only; choose another field"
    )]
    Reserved {
        /// The leaf that is mapped.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
        /// The reserved name.
        to: String,
    },
    /// The leaf is never sent.
    #[error(
        "{leaf} is put together from other leaves and is sent to no vendor; set it to false or leave it out"
    )]
    NeverSent {
        /// The leaf.
        leaf: Leaf,
    },
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean \"{name}\"?"))
}

impl MappingFault {
    /// The leaf whose option is wrong.
    pub fn leaf(&self) -> &Leaf {
        match self {
            MappingFault::UnknownField { leaf, .. }
            | MappingFault::TwoLeavesOneField { leaf, .. }
            | MappingFault::RequiredOff { leaf, .. }
            | MappingFault::NoDefault { leaf, .. }
            | MappingFault::Reserved { leaf, .. }
            | MappingFault::NeverSent { leaf } => leaf,
        }
    }
}

impl Mapping {
    /// Puts the dialect's table and a route's options together.
    ///
    /// # Errors
    /// Every mistake in the options, in the order of the leaves.
    pub fn new(dialect: &'static Dialect, options: &MappingOptions) -> Result<Self, Vec<MappingFault>> {
        let mut fields: BTreeMap<Leaf, Field> = dialect
            .fields
            .iter()
            .filter_map(|rule| Some((rule.leaf.clone()?, Field::of(rule, &FieldOptions::default()))))
            .collect();
        let mut faults = Vec::new();
        for (leaf, option) in &options.fields {
            match resolve(dialect, leaf, option) {
                Ok(Some(field)) => drop(fields.insert(leaf.clone(), field)),
                Ok(None) => drop(fields.remove(leaf)),
                Err(fault) => faults.push(fault),
            }
        }
        faults.extend(collisions(&fields));
        faults.extend(required_but_off(dialect, &fields));
        let mapping = Self { dialect, phone_format: options.phone_format, fields };
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }

    /// The dialect.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// Where a leaf goes; none when it is not mapped.
    pub fn field(&self, leaf: &Leaf) -> Option<&Field> {
        self.fields.get(leaf)
    }

    /// The mapped leaves with their fields.
    pub fn fields(&self) -> impl Iterator<Item = (&Leaf, &Field)> {
        self.fields.iter()
    }

    /// The leaves that go with every request.
    pub fn required(&self) -> impl Iterator<Item = &Leaf> {
        self.fields.iter().filter(|(_, field)| field.rule == Rule::Required).map(|(leaf, _)| leaf)
    }

    /// The leaf that goes to the field with this name on the wire.
    pub fn leaf_of(&self, to: &str) -> Option<&Leaf> {
        self.fields.iter().find(|(_, field)| field.to == to).map(|(leaf, _)| leaf)
    }

    /// The wire form of a leaf with this value (none: cleared), with no member of a set to be removed.
    ///
    /// # Errors
    /// The fate of a leaf that this route cannot carry.
    pub fn carry(&self, leaf: &Leaf, value: Option<&Value>) -> Result<WireValue, Fate> {
        let Some(field) = self.fields.get(leaf) else { return Err(self.fate_of_unmapped(leaf)) };
        match value {
            Some(value) => field.set(value, self.phone_format),
            None => field.clear(),
        }
    }

    fn fate_of_unmapped(&self, leaf: &Leaf) -> Fate {
        let has_a_field = self.dialect.default_rule(leaf).is_some();
        let could_have = self.dialect.open_fields.is_some() && !self.dialect.unsupported.contains(leaf);
        if has_a_field || (could_have && *leaf != Leaf::Name) { Fate::Unmapped } else { Fate::Unsupported }
    }
}

impl Field {
    fn of(rule: &FieldRule, options: &FieldOptions) -> Self {
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

    fn set(&self, value: &Value, phone_format: PhoneFormat) -> Result<WireValue, Fate> {
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

    fn clear(&self) -> Result<WireValue, Fate> {
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

fn resolve(
    dialect: &'static Dialect,
    leaf: &Leaf,
    option: &FieldOption,
) -> Result<Option<Field>, MappingFault> {
    let FieldOption::On(options) = option else { return Ok(None) };
    if *leaf == Leaf::Name {
        return Err(MappingFault::NeverSent { leaf: leaf.clone() });
    }
    let vendor = dialect.vendor;
    let Some(to) = &options.to else {
        let rule =
            dialect.default_rule(leaf).ok_or(MappingFault::NoDefault { leaf: leaf.clone(), vendor })?;
        return Ok(Some(Field::of(rule, options)));
    };
    if let Some(rule) = dialect.rule_of(to) {
        return Ok(Some(Field::of(rule, options)));
    }
    let Some(open) = &dialect.open_fields else {
        let nearest = nearest(to, dialect.fields.iter().map(|rule| rule.to));
        return Err(MappingFault::UnknownField { leaf: leaf.clone(), vendor, to: to.clone(), nearest });
    };
    if open.reserved.iter().any(|reserved| reserved.eq_ignore_ascii_case(to)) {
        return Err(MappingFault::Reserved { leaf: leaf.clone(), vendor, to: to.clone() });
    }
    let rule = FieldRule::without_leaf("", open.rule, open.format);
    Ok(Some(Field { to: to.clone(), ..Field::of(&rule, options) }))
}

/// Two fields whose names differ only in case are taken for a mistake: a vendor that tells them apart is a trap.
fn collisions(fields: &BTreeMap<Leaf, Field>) -> Vec<MappingFault> {
    let mut seen: BTreeMap<String, &Leaf> = BTreeMap::new();
    let mut faults = Vec::new();
    for (leaf, field) in fields {
        if let Some(other) = seen.insert(field.to.to_lowercase(), leaf) {
            let (leaf, other, to) = (leaf.clone(), other.clone(), field.to.clone());
            faults.push(MappingFault::TwoLeavesOneField { leaf, other, to });
        }
    }
    faults
}

fn required_but_off(dialect: &'static Dialect, fields: &BTreeMap<Leaf, Field>) -> Vec<MappingFault> {
    let required = dialect.fields.iter().filter(|rule| rule.rule == Rule::Required);
    required
        .filter(|rule| !fields.values().any(|field| field.to == rule.to))
        .filter_map(|rule| {
            Some(MappingFault::RequiredOff { leaf: rule.leaf.clone()?, vendor: dialect.vendor })
        })
        .collect()
}

#[cfg(test)]
mod tests;
