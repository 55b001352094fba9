//! The people a vendor knows.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

/// One user's fields as the vendor stores them.
pub type Record = Map<String, Value>;

/// Records by subject, with other names (aliases) by which a record can be found.
pub(crate) struct Users {
    records: BTreeMap<String, Record>,
    subjects: HashMap<String, Vec<String>>,
    aliases: fn(&Record) -> Vec<String>,
}

impl Users {
    pub(crate) fn new(aliases: fn(&Record) -> Vec<String>) -> Self {
        Self { records: BTreeMap::new(), subjects: HashMap::new(), aliases }
    }

    pub(crate) fn get(&self, subject: &str) -> Option<&Record> {
        self.records.get(subject)
    }

    /// The subjects that carry this alias.
    pub(crate) fn named(&self, alias: &str) -> &[String] {
        self.subjects.get(alias).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn put(&mut self, subject: &str, record: Record) {
        let new = (self.aliases)(&record);
        let old =
            self.records.insert(subject.to_owned(), record).map_or_else(Vec::new, |old| (self.aliases)(&old));
        for alias in old.iter().filter(|alias| !new.contains(alias)) {
            let Some(subjects) = self.subjects.get_mut(alias) else { continue };
            subjects.retain(|own| own != subject);
            if subjects.is_empty() {
                self.subjects.remove(alias);
            }
        }
        for alias in new.into_iter().filter(|alias| !old.contains(alias)) {
            self.subjects.entry(alias).or_default().push(subject.to_owned());
        }
    }

    pub(crate) const fn all(&self) -> &BTreeMap<String, Record> {
        &self.records
    }
}
