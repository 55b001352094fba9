use canonical::Leaf;

use crate::{Format, SubjectKind};

/// What one vendor can carry and how it wants to be spoken to.
#[derive(Debug)]
pub struct Dialect {
    /// The vendor's name in configuration and API, `communal`.
    pub vendor: &'static str,
    /// The vendor's own page about the update call.
    pub page: &'static str,
    /// The accepted ways to present the credential; the first is the default.
    pub auth: &'static [AuthScheme],
    /// The accepted ways to name a person; the first is the default.
    pub subjects: &'static [SubjectKind],
    /// The vendor's known fields.
    pub fields: &'static [FieldRule],
    /// Whether a route may name further fields of the vendor, and how those behave.
    pub open_fields: Option<OpenFields>,
    /// Leaves that no field of this vendor stands for; carried only where a route maps them by name.
    pub unsupported: &'static [Leaf],
    /// What a success proves.
    pub success_means: Means,
    /// Requests per second that a route may send unless it is configured otherwise.
    pub requests_per_second: f64,
    /// Headers of its own by which this vendor warns that the call will be withdrawn, beside `Deprecation` and `Sunset`, which count at
    /// every vendor.
    pub warnings: &'static [&'static str],
}

/// How a request presents its credential; the transport adds the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// `Authorization: Token …`.
    Token,
    /// The secret is the whole value of this header.
    Header(&'static str),
}

/// What a success answer proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// The vendor has taken the update and may apply it later.
    Accepted,
    /// The vendor has applied the update.
    Applied,
}

/// One field of a vendor.
#[derive(Debug, Clone)]
pub struct FieldRule {
    /// The leaf that the field stands for unless a route maps it otherwise; none for a field that only a route can map.
    pub leaf: Option<Leaf>,
    /// The field's name on the wire.
    pub to: &'static str,
    /// How the field is set and cleared.
    pub rule: Rule,
    /// Longest value in Unicode scalar values, where the vendor documents one.
    pub max_chars: Option<usize>,
    /// Turns a value into its wire form.
    pub format: Format,
    /// What a field takes that does not hold any text, in words that end "takes …"; none for any text.
    pub takes: Option<&'static str>,
    /// The kind of subject by which the field names another person; none for a field that names nobody.
    pub person: Option<&'static str>,
}

/// How a field is set and cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Goes with every request; cannot be cleared or empty.
    Required,
    /// Can be cleared.
    Nullable,
    /// Cannot be cleared.
    SetOnly,
    /// A set that the update call only adds to; members are removed by calls of their own.
    AddOnly,
}

/// How fields behave that a route names itself.
#[derive(Debug, Clone, Copy)]
pub struct OpenFields {
    /// How such a field is set and cleared.
    pub rule: Rule,
    /// Turns a value into its wire form.
    pub format: Format,
    /// Names that no route may use: those that say whom a request is about, and those that the vendor does not let write.
    pub reserved: &'static [&'static str],
    /// The reserved name of an id that a request about somebody who is known by another one may give the person; written only
    /// where a route names a leaf for it ([`MappingOptions::second_id`](crate::MappingOptions)).
    pub second_id: Option<&'static FieldRule>,
    /// Leaves for which the vendor has words of its own, so that a route needs a table, and what it wants, in words that follow
    /// "wants".
    pub own_words: &'static [(Leaf, &'static str)],
}

impl OpenFields {
    /// Fields of any name but these, with no second id and no words of the vendor's own.
    pub const fn new(rule: Rule, format: Format, reserved: &'static [&'static str]) -> Self {
        Self { rule, format, reserved, second_id: None, own_words: &[] }
    }

    /// The fields with an id that a route may give the person.
    pub const fn with_second_id(mut self, rule: &'static FieldRule) -> Self {
        self.second_id = Some(rule);
        self
    }

    /// The fields with the leaves for which the vendor has words of its own.
    pub const fn with_own_words(mut self, own_words: &'static [(Leaf, &'static str)]) -> Self {
        self.own_words = own_words;
        self
    }
}

impl FieldRule {
    /// A field that stands for `leaf`, of no documented length.
    pub const fn new(leaf: Leaf, to: &'static str, rule: Rule, format: Format) -> Self {
        Self { leaf: Some(leaf), to, rule, max_chars: None, format, takes: None, person: None }
    }

    /// A field that only a route can map, of no documented length.
    pub const fn without_leaf(to: &'static str, rule: Rule, format: Format) -> Self {
        Self { leaf: None, to, rule, max_chars: None, format, takes: None, person: None }
    }

    /// The field with its longest value in Unicode scalar values.
    pub const fn max(mut self, chars: usize) -> Self {
        self.max_chars = Some(chars);
        self
    }

    /// The field with what it takes, where that is not any text; in words that end "takes …".
    pub const fn takes(mut self, what: &'static str) -> Self {
        self.takes = Some(what);
        self
    }

    /// The field, which names another person by this kind of subject.
    pub const fn naming_a_person_by(mut self, subject: &'static str) -> Self {
        self.person = Some(subject);
        self
    }
}

impl Dialect {
    /// The rule of the field that `leaf` goes to by default.
    pub fn default_rule(&self, leaf: &Leaf) -> Option<&'static FieldRule> {
        self.fields.iter().find(|field| field.leaf.as_ref() == Some(leaf))
    }

    /// The rule of a field by its name on the wire.
    pub fn rule_of(&self, to: &str) -> Option<&'static FieldRule> {
        self.fields.iter().find(|field| field.to == to)
    }

    /// Whether the vendor itself has a field of this name: one of its table, or the second id. Any other is its customer's.
    pub fn has_field(&self, to: &str) -> bool {
        let second_id = self.open_fields.as_ref().and_then(|open| open.second_id);
        self.rule_of(to).is_some() || second_id.is_some_and(|id| id.to == to)
    }

    /// The subject kind with this name.
    pub fn subject(&self, name: &str) -> Option<&'static SubjectKind> {
        self.subjects.iter().find(|kind| kind.name == name)
    }
}
