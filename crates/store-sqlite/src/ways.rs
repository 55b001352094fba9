use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use adapter::Fingerprint;
use canonical::Leaf;
use rusqlite::{Connection, OptionalExtension, params};

/// How a leaf is put on the wire: in which field, and in which way; none: in a way that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    pub(crate) leaf: Leaf,
    pub(crate) field: Arc<str>,
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// The numbers of ways, which rows of lanes name, as far as they were needed: there are as many as mappings have fields.
#[derive(Debug, Default)]
pub(crate) struct Ways(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    ways: HashMap<i64, Way>,
    numbers: HashMap<Way, i64>,
}

impl Ways {
    /// The way with this number; none when there is none.
    pub(crate) fn way(&self, connection: &Connection, number: i64) -> Option<Way> {
        if let Some(way) = self.known().ways.get(&number) {
            return Some(way.clone());
        }
        let mut statement =
            connection.prepare_cached("SELECT leaf, field, fingerprint FROM ways WHERE way = ?1").ok()?;
        let (leaf, field, fingerprint): (String, String, u32) = statement
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()
            .ok()??;
        let fingerprint = Some(Fingerprint::of_number(fingerprint)).filter(|_| fingerprint > 0);
        let way = Way { leaf: leaf.parse().ok()?, field: field.into(), fingerprint };
        self.known().ways.insert(number, way.clone());
        Some(way)
    }

    /// The number of a way; a new one gets one.
    pub(crate) fn number(&self, connection: &Connection, way: &Way) -> rusqlite::Result<i64> {
        if let Some(number) = self.known().numbers.get(way) {
            return Ok(*number);
        }
        const FIND: &str = "SELECT way FROM ways WHERE leaf = ?1 AND field = ?2 AND fingerprint = ?3";
        const INSERT: &str = "INSERT INTO ways(leaf, field, fingerprint) VALUES(?1, ?2, ?3)";
        let fingerprint = way.fingerprint.map_or(0, Fingerprint::number);
        let row = params![way.leaf.name(), &*way.field, fingerprint];
        let found = connection.prepare_cached(FIND)?.query_row(row, |row| row.get(0)).optional()?;
        let number = match found {
            Some(number) => number,
            None => connection.prepare_cached(INSERT)?.insert(row)?,
        };
        self.known().numbers.insert(way.clone(), number);
        Ok(number)
    }

    /// A transaction was rolled back, and with it perhaps new numbers.
    pub(crate) fn forget(&self) {
        *self.known() = Known::default();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
