//! What the gateway believes that a vendor holds of a user, compared with what the vendor shows: pure functions of rows.

mod kept;
mod verification;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

pub use kept::{KeptFound, add_kept};
pub use verification::{Verification, Verified, VerifyOutcome};

use adapter::{Agreement, Reader, Seen, WireField};
use canonical::Leaf;

use crate::{
    Route,
    lane::Lane,
    status::{self, LeafState},
    store::UserRow,
};

/// What is found of one leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// The vendor shows the value that it has confirmed.
    Same,
    /// The vendor shows the value that it has confirmed, in its own spelling.
    SpelledOtherwise,
    /// The vendor shows another value than the one that it has confirmed.
    Differs,
    /// The vendor shows a value that is not the person's any more, as is known.
    Kept,
    /// Such a value is not there any more.
    KeptNoMore,
    /// The vendor does not show the leaf, or not so that it could be told.
    NotShown,
    /// The vendor has yet to confirm the value, or a lost request may still overwrite it.
    Behind,
    /// The vendor refused the value.
    Held,
}

/// What the gateway believes that one vendor holds of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    confirmed: Vec<WireField>,
    open: BTreeMap<Leaf, Finding>,
    kept: BTreeMap<Arc<str>, kept::KeptField>,
}

impl Belief {
    /// The belief that follows from a user and its lane. Leaves that the route does not carry are no part of it, but where the vendor
    /// keeps an old value of theirs.
    pub fn of(route: &Route, user: &UserRow, lane: &Lane) -> Self {
        let kept = kept::fields(route, user, lane);
        let mut belief = Self { confirmed: Vec::new(), open: BTreeMap::new(), kept };
        for (leaf, standing) in status::of_leaves(route, user, Some(lane)) {
            match standing.state {
                LeafState::Confirmed(_) | LeafState::Assumed(_) => {
                    belief.confirmed.extend(wire(route, user, leaf));
                }
                LeafState::InDoubt(_) | LeafState::Owed => drop(belief.open.insert(leaf, Finding::Behind)),
                LeafState::Held(_) => drop(belief.open.insert(leaf, Finding::Held)),
                LeafState::NotCarried(_) => {}
            }
        }
        belief
    }

    /// Whether there is nothing to be compared.
    pub fn is_empty(&self) -> bool {
        self.confirmed.is_empty() && self.kept.is_empty()
    }

    /// What is found of each leaf before anything was seen.
    pub fn open(&self) -> BTreeMap<Leaf, Finding> {
        self.open.clone()
    }

    /// What is found of each leaf. `moved`: something was sent while the vendor was asked, so that a difference may be that.
    pub fn compare(&self, reader: &dyn Reader, seen: &Seen, moved: bool) -> BTreeMap<Leaf, Finding> {
        let mut findings = self.open();
        for (leaf, agreement) in adapter::compare(reader, &self.confirmed, seen) {
            let finding = match agreement {
                Agreement::Same => Finding::Same,
                Agreement::SpelledOtherwise => Finding::SpelledOtherwise,
                Agreement::Differs if moved => Finding::Behind,
                Agreement::Differs => Finding::Differs,
                Agreement::NotShown => Finding::NotShown,
            };
            findings.insert(leaf, finding);
        }
        findings
    }
}

fn wire(route: &Route, user: &UserRow, leaf: Leaf) -> Option<WireField> {
    let to = route.mapping.field(&leaf)?.to.to_string();
    let value = route.mapping.carry(&leaf, user.seen_by(route).value(&leaf)).ok()?;
    Some(WireField { leaf, to, value })
}
