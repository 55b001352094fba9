use std::{collections::BTreeMap, fmt};

use canonical::Json;

use super::ReadItem;

/// What a vendor shows of one person, by the names of its fields. Its `Debug` shows the names alone.
#[derive(Clone, PartialEq, Default)]
pub struct Seen(BTreeMap<String, Json>);

impl Seen {
    /// The fields among these items.
    pub fn of(items: impl IntoIterator<Item = ReadItem>) -> Self {
        let fields = items.into_iter().filter_map(|item| match item {
            ReadItem::Field { name, value } => Some((name, value)),
            ReadItem::Stored(_) | ReadItem::Definition(_) => None,
        });
        Self(fields.collect())
    }

    /// A field and its name.
    pub fn member(&self, name: &str) -> Option<(&str, &Json)> {
        self.0.get_key_value(name).map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// All fields, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
