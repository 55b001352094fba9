use std::collections::BTreeMap;

use canonical::{Leaf, Value};

use super::Group;
use crate::PhoneFormat;

/// What a route configures about its fields.
#[derive(Debug, Clone)]
pub struct MappingOptions {
    /// Per leaf, what differs from the dialect's table.
    pub fields: BTreeMap<Leaf, FieldOption>,
    /// In which form telephone numbers are sent.
    pub phone_format: PhoneFormat,
    /// The leaves that go together or not at all.
    pub together: Vec<Group>,
    /// The leaf that gives the person the id of [`OpenFields::second_id`](crate::OpenFields::second_id); none for none.
    pub second_id: Option<Leaf>,
}

impl Default for MappingOptions {
    /// The dialect's table, with the parts of an address together: half an address is none.
    fn default() -> Self {
        Self {
            fields: BTreeMap::new(),
            phone_format: PhoneFormat::default(),
            together: vec![Group::address()],
            second_id: None,
        }
    }
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
    /// What goes for each canonical text: a text, a boolean or a number, which takes the form of the field. Empty for "as it
    /// is".
    pub map: BTreeMap<String, Value>,
    /// Whether the opposite boolean goes: the field says the contrary of what the leaf says.
    pub negate: bool,
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
