use std::fmt;

use canonical::Json;

use super::ReadRequest;

/// What one answer shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadPage {
    /// The items, in the vendor's order.
    pub items: Vec<ReadItem>,
    /// What to ask for next; none after the last page.
    pub next: Option<ReadRequest>,
}

/// One thing that a vendor shows.
#[derive(Clone, PartialEq)]
pub enum ReadItem {
    /// A field of the person's record, by its name there.
    Field {
        /// The name.
        name: String,
        /// The value.
        value: Json,
    },
    /// What people at the vendor read in place of a field's name.
    Label {
        /// The name.
        name: String,
        /// What people read.
        label: String,
    },
    /// A value in a field that the vendor's customer has defined.
    Stored(StoredValue),
    /// A field that the vendor's customer has defined.
    Definition(Definition),
}

/// One person's value in a field that the vendor's customer has defined. Its `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredValue {
    /// The id of the field.
    pub field: String,
    /// The field's label, where the answer names it.
    pub label: Option<String>,
    /// The value; none when it is empty.
    pub value: Option<String>,
}

/// A field that the vendor's customer has defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The vendor's id of the field.
    pub id: String,
    /// The name under which a route can map the field; none where the vendor does not let it write.
    pub to: Option<String>,
    /// What people at the vendor read.
    pub label: String,
    /// The vendor's word for the type of its values.
    pub kind: Option<String>,
    /// How many values the answer has embedded, where it was asked for them.
    pub values: Option<usize>,
}

impl ReadItem {
    /// The definition, if it is one.
    pub fn into_definition(self) -> Option<Definition> {
        match self {
            ReadItem::Definition(definition) => Some(definition),
            ReadItem::Field { .. } | ReadItem::Label { .. } | ReadItem::Stored(_) => None,
        }
    }
}

impl fmt::Debug for ReadItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadItem::Field { name, value } => write!(f, "{name}: {value:?}"),
            ReadItem::Label { name, label } => write!(f, "{name} is read as {label}"),
            ReadItem::Stored(value) => write!(f, "{value:?}"),
            ReadItem::Definition(definition) => write!(f, "{definition:?}"),
        }
    }
}

impl fmt::Debug for StoredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of field {}", self.field)
    }
}
