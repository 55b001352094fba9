use std::collections::BTreeMap;

use ::adapter::{
    Adapter, Fate, Mapping, MappingOptions, Subject, SubjectKind, Update, VendorRequest, WireField, WireValue,
};
use canonical::{Leaf, Patch, Profile, Rules};
use serde_json::Value as JsonValue;

use super::samples::{patch_of, sample};

/// An adapter with a mapping: the way from a patch to requests, without the delivery engine.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The adapter.
    pub adapter: &'a dyn Adapter,
    /// The mapping.
    pub mapping: Mapping,
    /// How callers' values are read.
    pub rules: Rules,
}

/// What becomes of one leaf.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The API refuses the value.
    Refused,
    /// The leaf is not sent.
    NotSent(Fate),
    /// These requests are sent.
    Sent(Vec<VendorRequest>),
}

/// What a patch says about a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing; another leaf changes.
    Absent,
    /// `null`.
    Null,
    /// `""`.
    Empty,
    /// The sample value.
    Value,
}

impl State {
    pub(super) const ALL: [(&'static str, State); 4] =
        [("absent", State::Absent), ("null", State::Null), ("\"\"", State::Empty), ("value", State::Value)];
}

impl<'a> Bench<'a> {
    /// Puts an adapter and a route's mapping together.
    ///
    /// # Errors
    /// The mistakes in the mapping.
    pub fn new(adapter: &'a dyn Adapter, options: &MappingOptions) -> Result<Self, String> {
        let kind = adapter.dialect().subjects.first().ok_or("the dialect has no kind of subject")?;
        Self::of(adapter, kind, options)
    }

    /// The same for people who are named in this way.
    ///
    /// # Errors
    /// The mistakes in the mapping.
    pub fn of(
        adapter: &'a dyn Adapter,
        kind: &'static SubjectKind,
        options: &MappingOptions,
    ) -> Result<Self, String> {
        let mapping = Mapping::for_subject(adapter.dialect(), kind, options)
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
        Ok(Self { adapter, mapping, rules: Rules::default() })
    }

    /// The requests for these fields; an error of the adapter becomes a text.
    pub(super) fn build(
        &self,
        subject: &Subject,
        fields: &[WireField],
    ) -> Result<Vec<VendorRequest>, String> {
        self.adapter.build_requests(&Update { subject, fields }).map_err(|error| error.to_string())
    }

    /// The requests and fates that a canonical patch gives for this person.
    pub(super) fn run(
        &self,
        subject: &Subject,
        patch: &JsonValue,
    ) -> Result<(Vec<VendorRequest>, BTreeMap<Leaf, Fate>), String> {
        let (fields, fates) = self.plan(patch)?;
        Ok((self.build(subject, &fields)?, fates))
    }

    /// What a patch carries: the leaves it names and the Required ones, which come from the profile or, where that cannot
    /// give them, from what was confirmed before.
    pub(super) fn plan(&self, patch: &JsonValue) -> Result<(Vec<WireField>, BTreeMap<Leaf, Fate>), String> {
        let patch = self.parse(patch)?;
        let mut confirmed = Profile::default();
        for leaf in self.mapping.required() {
            let filled = self.parse(&patch_of(leaf, sample(leaf)))?;
            confirmed.apply(&filled, 1).map_err(|fault| fault.to_string())?;
        }
        let mut profile = confirmed.clone();
        profile.apply(&patch, 2).map_err(|fault| fault.to_string())?;
        let (mut fields, mut fates) = (Vec::new(), BTreeMap::new());
        for leaf in patch.changes.keys() {
            match self.field(leaf, &profile) {
                Ok(field) => {
                    fields.push(field);
                    fates.insert(leaf.clone(), Fate::Waiting);
                }
                Err(fate) => drop(fates.insert(leaf.clone(), fate)),
            }
        }
        for leaf in self.mapping.required() {
            if fields.iter().all(|field| field.leaf != *leaf) {
                let field = self.field(leaf, &profile).or_else(|_| self.field(leaf, &confirmed));
                fields.push(field.map_err(|fate| format!("{leaf} has the fate {}", fate.name()))?);
            }
        }
        fields.sort_by(|left, right| left.leaf.cmp(&right.leaf));
        Ok((fields, fates))
    }

    /// What becomes of `leaf` in this state.
    pub(super) fn outcome(&self, subject: &Subject, leaf: &Leaf, state: State) -> Result<Outcome, String> {
        let other = if *leaf == Leaf::FamilyName { Leaf::GivenName } else { Leaf::FamilyName };
        let patch = match state {
            State::Absent => patch_of(&other, sample(&other)),
            State::Null => patch_of(leaf, JsonValue::Null),
            State::Empty => patch_of(leaf, "".into()),
            State::Value => patch_of(leaf, sample(leaf)),
        };
        if state == State::Empty && self.parse(&patch).is_err() {
            return Ok(Outcome::Refused);
        }
        let (requests, fates) = self.run(subject, &patch)?;
        match fates.get(leaf) {
            Some(Fate::Waiting) | None => Ok(Outcome::Sent(requests)),
            Some(fate) => Ok(Outcome::NotSent(*fate)),
        }
    }

    /// One field per mapped leaf, each with the value that `value` makes; a set gets members instead.
    pub(super) fn fields_with(&self, value: impl Fn(&Leaf) -> String) -> Vec<WireField> {
        let fields = self.mapping.fields().map(|(leaf, field)| {
            let text = value(leaf);
            let value = match self.mapping.carry(leaf, None) {
                Ok(WireValue::Members { .. }) => {
                    WireValue::Members { wanted: vec![text.clone()], removed: vec![format!("{text} of old")] }
                }
                _ => WireValue::Set(text.into()),
            };
            WireField { leaf: leaf.clone(), to: field.to.to_string(), value }
        });
        fields.collect()
    }

    pub(super) fn parse(&self, patch: &JsonValue) -> Result<Patch, String> {
        Patch::parse(patch.to_string().as_bytes(), &self.rules)
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    fn field(&self, leaf: &Leaf, profile: &Profile) -> Result<WireField, Fate> {
        let value = self.mapping.carry(leaf, profile.value(leaf))?;
        let to = self.mapping.field(leaf).map_or_else(String::new, |field| field.to.to_string());
        Ok(WireField { leaf: leaf.clone(), to, value })
    }
}
