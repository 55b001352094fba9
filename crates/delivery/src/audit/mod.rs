//! Who did what, and the proof that nobody has changed the record since: each entry holds a hash over the one before and over
//! itself. Whoever can write the whole file can make a whole new chain; a head that is kept elsewhere reveals that, too.

mod chain;
mod check;
mod kind;

#[cfg(test)]
mod tests;

pub use chain::{AuditHead, NotAHead};
pub use check::{AuditReport, ChainCheck, ChainFault};
pub use kind::AuditKind;

use crate::{Millis, RouteId};

/// One entry of the audit, to be written: who did what to which route or lane; names of fields, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Millis,
    /// Who: the name of a key, or `gateway` for what it does by itself.
    pub who: String,
    /// What.
    pub kind: AuditKind,
    /// The route that it is about.
    pub route: Option<RouteId>,
    /// More, without values.
    pub detail: String,
}

/// One entry as it is stored. Its kind is the word that is stored, whether or not this program knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number; the first has 1, and none is left out.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// What, one word.
    pub kind: String,
    /// The route that it is about.
    pub route: Option<RouteId>,
    /// More, without values.
    pub detail: String,
    /// Over the entry before and this one.
    pub hash: [u8; 32],
}

impl AuditEntry {
    /// The entry that a row becomes behind `head`.
    pub fn after(head: &AuditHead, row: AuditRow) -> Self {
        let AuditRow { at, who, kind, route, detail } = row;
        let (seq, kind) = (head.seq + 1, kind.name().to_owned());
        let mut entry = Self { seq, at, who, kind, route, detail, hash: [0; 32] };
        entry.hash = entry.hash_after(&head.hash);
        entry
    }

    /// The head of an audit that ends with this entry.
    pub fn head(&self) -> AuditHead {
        AuditHead { seq: self.seq, hash: self.hash }
    }
}

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Older than this entry.
    pub before: Option<i64>,
    /// Of this kind only.
    pub kind: Option<AuditKind>,
    /// About this route only.
    pub route: Option<RouteId>,
    /// Not before this time.
    pub since: Option<Millis>,
    /// At most so many.
    pub limit: u32,
}

impl AuditFilter {
    /// The newest entries of every kind.
    pub fn newest(limit: u32) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Whether an entry is to be listed.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        self.before.is_none_or(|before| entry.seq < before)
            && self.kind.is_none_or(|kind| entry.kind == kind.name())
            && self.route.is_none_or(|route| entry.route == Some(route))
            && self.since.is_none_or(|since| entry.at >= since)
    }
}
