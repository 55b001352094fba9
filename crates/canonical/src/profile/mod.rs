use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as JsonValue};

use crate::{Change, Fault, FaultKind, Leaf, MAX_CUSTOM_KEYS, MAX_DOCUMENT, Patch, UserId, Value};

/// What a user's canonical fields are: per leaf a value or "cleared", and the version that last changed it.
#[derive(Clone, Default, PartialEq)]
pub struct Profile {
    pub(crate) leaves: BTreeMap<Leaf, Entry>,
}

/// One leaf of a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The value; none when the leaf was cleared.
    pub value: Option<Value>,
    /// The version of the user that last changed the leaf.
    pub version: u64,
}

/// What applying a patch did to the leaves it named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Leaves with another value than before.
    pub changed: BTreeSet<Leaf>,
    /// Leaves that were set to the value they had; they keep their version.
    pub unchanged: BTreeSet<Leaf>,
}

impl Profile {
    /// The entry of a leaf; none when it was never set or cleared.
    pub fn get(&self, leaf: &Leaf) -> Option<&Entry> {
        self.leaves.get(leaf)
    }

    /// The value of a leaf; none when it was cleared or never set.
    pub fn value(&self, leaf: &Leaf) -> Option<&Value> {
        self.get(leaf)?.value.as_ref()
    }

    /// The user whom the leaf `manager` names; none without one, or where its text is no user's id. Whether there is such a user is
    /// not known here.
    pub fn manager_id(&self) -> Option<UserId> {
        match self.value(&Leaf::Manager)? {
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// All entries in the order of their leaves.
    pub fn iter(&self) -> impl Iterator<Item = (&Leaf, &Entry)> {
        self.leaves.iter()
    }

    /// The profile with another value of a leaf that it has, of the same version; as it is where it has no value of the leaf.
    #[must_use]
    pub fn with_value(&self, leaf: &Leaf, value: Value) -> Self {
        let mut profile = self.clone();
        if let Some(entry) = profile.leaves.get_mut(leaf).filter(|entry| entry.value.is_some()) {
            entry.value = Some(value);
        }
        profile
    }

    /// Applies `patch` as version `version`.
    ///
    /// Clearing a leaf that was never set is a change, because a vendor may hold a value that the gateway never saw.
    /// When nothing changed, the profile is as before and the version was not used.
    ///
    /// # Errors
    /// `TooLarge` when the result would exceed [`MAX_CUSTOM_KEYS`] or [`MAX_DOCUMENT`]; the profile is then as before.
    pub fn apply(&mut self, patch: &Patch, version: u64) -> Result<Applied, Fault> {
        let mut applied = Applied::default();
        let mut next = self.leaves.clone();
        let cleared_custom = self.leaves.iter().filter(|(leaf, entry)| {
            patch.clear_custom && matches!(leaf, Leaf::Custom(_)) && entry.value.is_some()
        });
        let changes =
            cleared_custom.map(|(leaf, _)| (leaf, None)).chain(patch.changes.iter().map(|(leaf, change)| {
                let value = match change {
                    Change::Clear => None,
                    Change::Set(value) => Some(value),
                };
                (leaf, value)
            }));
        for (leaf, value) in changes {
            if next.get(leaf).is_some_and(|entry| entry.value.as_ref() == value) {
                applied.unchanged.insert(leaf.clone());
                continue;
            }
            next.insert(leaf.clone(), Entry { value: value.cloned(), version });
            applied.changed.insert(leaf.clone());
        }
        let next = Self { leaves: next };
        next.check_size()?;
        *self = next;
        Ok(applied)
    }

    /// The leaves as the API shows them: flat, `address` and `custom` nested, cleared leaves `null`.
    pub fn to_json(&self) -> Map<String, JsonValue> {
        let mut root = Map::new();
        for (leaf, entry) in &self.leaves {
            let value = entry.value.as_ref().map_or(JsonValue::Null, Value::to_json);
            let Some((group, name)) = leaf.name().split_once('.') else {
                root.insert(leaf.name().to_owned(), value);
                continue;
            };
            let members = root.entry(group).or_insert_with(|| JsonValue::Object(Map::new()));
            if let JsonValue::Object(members) = members {
                members.insert(name.to_owned(), value);
            }
        }
        root
    }

    fn check_size(&self) -> Result<(), Fault> {
        let custom =
            |(leaf, entry): &(&Leaf, &Entry)| matches!(leaf, Leaf::Custom(_)) && entry.value.is_some();
        if self.leaves.iter().filter(custom).count() > MAX_CUSTOM_KEYS {
            return Err(Fault::new(FaultKind::TooLarge, "/custom", "a user has at most 256 custom keys"));
        }
        if self.encoded_len() > MAX_DOCUMENT {
            return Err(Fault::new(FaultKind::TooLarge, "", "the profile would exceed 256 KiB"));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.leaves.iter().map(|(leaf, entry)| (leaf, entry.version))).finish()
    }
}

#[cfg(test)]
mod tests;
