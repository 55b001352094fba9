use std::{collections::BTreeMap, fmt};

use canonical::Json;

use super::ReadItem;

/// What a vendor shows of one person, by the names of its fields. Its `Debug` shows the names alone.
#[derive(Clone, PartialEq, Default)]
pub struct Seen {
    fields: BTreeMap<String, Json>,
    /// The name of the field that has the label; none where several have it.
    labels: BTreeMap<String, Option<String>>,
}

impl Seen {
    /// The fields among these items.
    pub fn of(items: impl IntoIterator<Item = ReadItem>) -> Self {
        let mut seen = Self::default();
        for item in items {
            match item {
                ReadItem::Field { name, value } => drop(seen.fields.insert(name, value)),
                ReadItem::Label { name, label } => {
                    let one = seen.labels.entry(label).or_insert_with(|| Some(name.clone()));
                    *one = one.take().filter(|one| *one == name);
                }
                ReadItem::Stored(_) | ReadItem::Definition(_) => {}
            }
        }
        seen
    }

    /// A field and its name.
    pub fn member(&self, name: &str) -> Option<(&str, &Json)> {
        self.fields.get_key_value(name).map(|(name, value)| (name.as_str(), value))
    }

    /// The only field with this label, and its name.
    pub fn labelled(&self, label: &str) -> Option<(&str, &Json)> {
        self.member(self.labels.get(label)?.as_deref()?)
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.fields.get(name)
    }

    /// All fields, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.keys()).finish()
    }
}
