mod fate;
mod fault;
mod field;
mod fingerprint;
mod group;
mod options;
mod remark;
mod second_id;
mod turn;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use canonical::{Leaf, Value, nearest};
use serde_json::Value as JsonValue;

pub use fate::Fate;
pub use fault::MappingFault;
pub use field::Field;
pub use fingerprint::Fingerprint;
pub use group::Group;
pub use options::{ClearAs, FieldOption, FieldOptions, MappingOptions, Overlong};
pub use remark::MappingRemark;

use turn::Turn;

use crate::{Dialect, FieldRule, PhoneFormat, Rule, SubjectKind, WireValue};

/// A value as a route carries it.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The wire form.
    pub wire: WireValue,
    /// What tells this way of carrying the value from another one.
    pub fingerprint: Fingerprint,
}

/// A dialect's table together with what a route configures: which leaf goes to which field, and how.
#[derive(Debug)]
pub struct Mapping {
    dialect: &'static Dialect,
    phone_format: PhoneFormat,
    fields: BTreeMap<Leaf, Field>,
    groups: Arc<[Group]>,
    /// How people are named.
    subject: Option<&'static SubjectKind>,
}

impl Mapping {
    /// Puts the dialect's table and a route's options together, for people who are named in the dialect's first way.
    ///
    /// # Errors
    /// Every mistake in the options, in the order of the leaves.
    pub fn new(dialect: &'static Dialect, options: &MappingOptions) -> Result<Self, Vec<MappingFault>> {
        Self::of(dialect, dialect.subjects.first(), options)
    }

    /// The same for people who are named in this way.
    ///
    /// # Errors
    /// Every mistake in the options, in the order of the leaves.
    pub fn for_subject(
        dialect: &'static Dialect,
        subject: &'static SubjectKind,
        options: &MappingOptions,
    ) -> Result<Self, Vec<MappingFault>> {
        Self::of(dialect, Some(subject), options)
    }

    fn of(
        dialect: &'static Dialect,
        subject: Option<&'static SubjectKind>,
        options: &MappingOptions,
    ) -> Result<Self, Vec<MappingFault>> {
        let taken = subject.and_then(|subject| subject.taken_field);
        let mut fields: BTreeMap<Leaf, Field> = dialect
            .fields
            .iter()
            .filter(|rule| Some(rule.to) != taken)
            .filter_map(|rule| {
                let leaf = rule.leaf.clone()?;
                let field = Field::of(&leaf, rule, rule.to, &FieldOptions::default(), options.phone_format);
                Some((leaf, field.ok()?))
            })
            .collect();
        let mut faults = Vec::new();
        for (leaf, option) in &options.fields {
            match resolve(dialect, taken, leaf, option, options.phone_format) {
                Ok(Some(field)) => drop(fields.insert(leaf.clone(), field)),
                Ok(None) => drop(fields.remove(leaf)),
                Err(fault) => faults.push(fault),
            }
        }
        match second_id::resolve(dialect, subject, options) {
            Ok(id) => fields.extend(id),
            Err(fault) => faults.push(fault),
        }
        faults.extend(collisions(&fields));
        faults.extend(required_but_off(dialect, taken, &fields));
        faults.extend(in_two_groups(&options.together));
        let groups =
            options.together.iter().filter_map(|group| group.among(|leaf| fields.contains_key(leaf)));
        let groups = groups.collect();
        let mapping = Self { dialect, phone_format: options.phone_format, fields, groups, subject };
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

    /// The leaves that go together or not at all: of each group those that are mapped, where these are two or more.
    pub fn groups(&self) -> &Arc<[Group]> {
        &self.groups
    }

    /// The leaf that goes to the field with this name on the wire.
    pub fn leaf_of(&self, to: &str) -> Option<&Leaf> {
        self.fields.iter().find(|(_, field)| *field.to == *to).map(|(leaf, _)| leaf)
    }

    /// The wire form of a leaf with this value (none: cleared), with no member of a set to be removed.
    ///
    /// # Errors
    /// The fate of a leaf that this route cannot carry.
    pub fn carry(&self, leaf: &Leaf, value: Option<&Value>) -> Result<WireValue, Fate> {
        self.carried(leaf, value).map(|carried| carried.wire)
    }

    /// As [`Mapping::carry`], with what tells this way of carrying the value from another one.
    ///
    /// # Errors
    /// The fate of a leaf that this route cannot carry.
    pub fn carried(&self, leaf: &Leaf, value: Option<&Value>) -> Result<Carried, Fate> {
        let Some(field) = self.fields.get(leaf) else { return Err(self.fate_of_unmapped(leaf)) };
        let Some(value) = value else { return field.clear() };
        let mut carried = field.set(value, self.phone_format)?;
        // The same manager under another name is to be sent again.
        if self.names_by_subject(leaf)
            && let WireValue::Set(JsonValue::String(name)) = &carried.wire
        {
            carried.fingerprint = carried.fingerprint.naming(name);
        }
        Ok(carried)
    }

    /// Whether the vendor wants to be told the person whom a leaf names in the way in which the route names people itself. A
    /// customer may have given the field another name; a table of the route has its own names.
    pub fn names_by_subject(&self, leaf: &Leaf) -> bool {
        let is_sent_as_is = self.fields.get(leaf).is_some_and(|field| matches!(field.turn, Turn::AsIs));
        let person = self.dialect.default_rule(leaf).and_then(|rule| rule.person);
        is_sent_as_is && person.is_some() && person == self.subject.map(|subject| subject.name)
    }

    fn fate_of_unmapped(&self, leaf: &Leaf) -> Fate {
        let own = self.dialect.default_rule(leaf);
        let taken = self.subject.and_then(|subject| subject.taken_field);
        if own.is_some_and(|rule| Some(rule.to) == taken) {
            return Fate::Unsupported;
        }
        let has_a_field = own.is_some();
        let could_have = self.dialect.open_fields.is_some() && !self.dialect.unsupported.contains(leaf);
        if has_a_field || (could_have && *leaf != Leaf::Name) { Fate::Unmapped } else { Fate::Unsupported }
    }
}

fn resolve(
    dialect: &'static Dialect,
    taken: Option<&'static str>,
    leaf: &Leaf,
    option: &FieldOption,
    phone_format: PhoneFormat,
) -> Result<Option<Field>, MappingFault> {
    let FieldOption::On(options) = option else { return Ok(None) };
    if *leaf == Leaf::Name {
        return Err(MappingFault::NeverSent { leaf: leaf.clone() });
    }
    let vendor = dialect.vendor;
    let own = || dialect.default_rule(leaf).map(|rule| rule.to);
    let to = options.to.as_deref().or_else(own);
    if let Some(to) = to.filter(|to| taken.is_some_and(|taken| taken.eq_ignore_ascii_case(to))) {
        return Err(MappingFault::Reserved { leaf: leaf.clone(), vendor, to: to.to_owned() });
    }
    let Some(to) = &options.to else {
        let rule =
            dialect.default_rule(leaf).ok_or(MappingFault::NoDefault { leaf: leaf.clone(), vendor })?;
        return Field::of(leaf, rule, rule.to, options, phone_format).map(Some);
    };
    if let Some(rule) = dialect.rule_of(to) {
        return Field::of(leaf, rule, rule.to, options, phone_format).map(Some);
    }
    let Some(open) = &dialect.open_fields else {
        let nearest = nearest(to, dialect.fields.iter().map(|rule| rule.to));
        return Err(MappingFault::UnknownField { leaf: leaf.clone(), vendor, to: to.clone(), nearest });
    };
    if open.reserved.iter().any(|reserved| reserved.eq_ignore_ascii_case(to)) {
        let is_second_id = open.second_id.is_some_and(|id| id.to.eq_ignore_ascii_case(to));
        return Err(match is_second_id {
            true => second_id::is_an_option(leaf, vendor, to),
            false => MappingFault::Reserved { leaf: leaf.clone(), vendor, to: to.clone() },
        });
    }
    let rule = FieldRule::without_leaf("", open.rule, open.format);
    Field::of(leaf, &rule, to, options, phone_format).map(Some)
}

/// Two fields whose names differ only in case are taken for a mistake: a vendor that tells them apart is a trap.
fn collisions(fields: &BTreeMap<Leaf, Field>) -> Vec<MappingFault> {
    let mut seen: BTreeMap<String, &Leaf> = BTreeMap::new();
    let mut faults = Vec::new();
    for (leaf, field) in fields {
        if let Some(other) = seen.insert(field.to.to_lowercase(), leaf) {
            let (leaf, other, to) = (leaf.clone(), other.clone(), field.to.to_string());
            faults.push(MappingFault::TwoLeavesOneField { leaf, other, to });
        }
    }
    faults
}

fn required_but_off(
    dialect: &'static Dialect,
    taken: Option<&str>,
    fields: &BTreeMap<Leaf, Field>,
) -> Vec<MappingFault> {
    let required = dialect.fields.iter().filter(|rule| rule.rule == Rule::Required);
    required
        .filter(|rule| Some(rule.to) != taken)
        .filter(|rule| !fields.values().any(|field| *field.to == *rule.to))
        .filter_map(|rule| {
            Some(MappingFault::RequiredOff { leaf: rule.leaf.clone()?, vendor: dialect.vendor })
        })
        .collect()
}

fn in_two_groups(groups: &[Group]) -> Vec<MappingFault> {
    let mut seen = BTreeSet::new();
    let leaves = groups.iter().flat_map(Group::iter);
    let again = leaves.filter(|leaf| !seen.insert((*leaf).clone()));
    again.map(|leaf| MappingFault::InTwoGroups { leaf: leaf.clone() }).collect()
}
