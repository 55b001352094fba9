use super::{AuditEntry, AuditHead};

/// Goes through an audit from its first entry to its last and looks for what was changed.
#[derive(Debug)]
pub struct ChainCheck {
    head: AuditHead,
    known: Vec<AuditHead>,
    fault: Option<ChainFault>,
}

/// What a check of the audit has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// Where the audit ends; with a fault, the last entry before it.
    pub head: AuditHead,
    /// The first thing that is wrong.
    pub fault: Option<ChainFault>,
}

/// What is wrong with an audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// Entries are missing in the middle, or at the beginning.
    #[error("the entries {from} to {to} are missing")]
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// An entry has a number that comes before the first.
    #[error("the entry {seq} was inserted: the first has the number 1")]
    Inserted {
        /// Its number.
        seq: i64,
    },
    /// An entry does not have the hash that it must have: it, or the hash of the one before, was changed.
    #[error("the entry {seq} was changed, or the hash of the one before it")]
    Changed {
        /// Its number.
        seq: i64,
    },
    /// A known head lies behind the end.
    #[error("the end was cut off: the audit has entries up to {ends}, and there was an entry {known}")]
    CutOff {
        /// The last entry that is there.
        ends: i64,
        /// The entry that is known to have been there.
        known: i64,
    },
    /// A known head is not the one that is there: the chain was made anew.
    #[error("the entry {seq} is not the one that is known: the chain was made anew")]
    Replaced {
        /// Its number.
        seq: i64,
    },
}

impl ChainCheck {
    /// A check that also looks for heads that are known to have been part of the chain.
    pub fn new(known: impl IntoIterator<Item = AuditHead>) -> Self {
        let mut check = Self { head: AuditHead::START, known: known.into_iter().collect(), fault: None };
        check.compare_known();
        check
    }

    /// Takes the next entry, in the order of their numbers. After a fault nothing more is looked at.
    pub fn push(&mut self, entry: &AuditEntry) {
        if self.fault.is_some() {
            return;
        }
        let due = self.head.seq + 1;
        self.fault = match entry.seq {
            seq if seq < due => Some(ChainFault::Inserted { seq }),
            seq if seq > due => Some(ChainFault::Missing { from: due, to: seq - 1 }),
            seq if entry.hash != entry.hash_after(&self.head.hash) => Some(ChainFault::Changed { seq }),
            _ => None,
        };
        if self.fault.is_none() {
            self.head = entry.head();
            self.compare_known();
        }
    }

    fn compare_known(&mut self) {
        let head = self.head;
        if self.known.iter().any(|known| known.seq == head.seq && known.hash != head.hash) {
            self.fault = Some(ChainFault::Replaced { seq: head.seq });
        }
    }

    /// Whether there is anything more to look at.
    pub fn is_over(&self) -> bool {
        self.fault.is_some()
    }

    /// What was found, after the last entry. `last` is the highest number that was ever given, where that is known.
    pub fn finish(self, last: Option<i64>) -> AuditReport {
        let known = self.known.iter().map(|known| known.seq).chain(last).max();
        let cut_off = known
            .filter(|known| *known > self.head.seq)
            .map(|known| ChainFault::CutOff { ends: self.head.seq, known });
        AuditReport { head: self.head, fault: self.fault.or(cut_off) }
    }
}
