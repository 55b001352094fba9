use std::{collections::BTreeMap, fmt, sync::Arc};

use adapter::Fingerprint;
use canonical::Leaf;

use super::{Assertion, Version};
use crate::Millis;

/// What is known of one field at the vendor.
#[derive(Clone, PartialEq, Eq)]
pub struct Slot {
    /// The field's name on the wire.
    pub name: Arc<str>,
    /// The leaf that was written there last.
    pub leaf: Leaf,
    /// The newest version of the leaf that the vendor has confirmed there; 0: none.
    pub version: Version,
    /// How that version was put on the wire; none: nobody knows, and no way that the route has now is taken for it.
    pub way: Option<Fingerprint>,
    /// When it was confirmed; 0: never.
    pub at: Millis,
    /// Whether a value of ours is there, or may be.
    pub stands: bool,
    /// Whether a lost request, or another subject or place, may show something else than what was confirmed.
    pub in_doubt: bool,
    /// Whether the attempt under way writes the field.
    pub is_flying: bool,
    /// Whether the confirmation is known from nothing but a watermark of an older schema.
    pub is_assumed: bool,
    /// Whether the adapter had nothing to send for the version: it counts as done, and nothing was confirmed.
    pub is_void: bool,
}

impl Slot {
    fn new(name: Arc<str>, leaf: Leaf) -> Self {
        Self {
            name,
            leaf,
            version: 0,
            way: None,
            at: 0,
            stands: false,
            in_doubt: false,
            is_flying: false,
            is_assumed: false,
            is_void: false,
        }
    }

    /// Whether this very version was confirmed in this very way.
    pub fn confirms(&self, assertion: &Assertion) -> bool {
        self.leaf == assertion.leaf && self.version == assertion.version && self.way == Some(assertion.way)
    }

    /// A field in which everything that was ever written may be, and of which nothing is confirmed.
    pub(super) fn in_question(name: Arc<str>, leaf: Leaf) -> Self {
        Self { stands: true, in_doubt: true, ..Self::new(name, leaf) }
    }

    fn says_nothing(&self) -> bool {
        self.version == 0 && !self.stands && !self.in_doubt && !self.is_flying
    }
}

/// What is known of the fields of one user at one vendor, by their names on the wire.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    past: BTreeMap<Leaf, Version>,
}

impl Slots {
    /// From what was kept elsewhere; none when the slots are not in the order of their names.
    pub fn of(slots: Vec<Slot>, past: BTreeMap<Leaf, Version>) -> Option<Self> {
        slots.is_sorted_by(|one, next| one.name < next.name).then_some(Self { slots, past })
    }

    /// The slots in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Leaves that were confirmed in a field that another leaf has taken since, with the newest version.
    pub fn past(&self) -> &BTreeMap<Leaf, Version> {
        &self.past
    }

    /// Whether nothing is known of any field.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.past.is_empty()
    }

    /// What is known of a field.
    pub fn get(&self, name: &str) -> Option<&Slot> {
        self.slots.binary_search_by(|slot| (*slot.name).cmp(name)).ok().map(|at| &self.slots[at])
    }

    /// The newest version of a leaf that was confirmed anywhere; 0: none. With it, whether only an older schema says so.
    pub fn newest(&self, leaf: &Leaf) -> (Version, bool) {
        let of_leaf = self.slots.iter().filter(|slot| slot.leaf == *leaf && !slot.is_void);
        let newest = of_leaf.map(|slot| (slot.version, slot.is_assumed)).max_by_key(|(version, _)| *version);
        let past = (self.past.get(leaf).copied().unwrap_or(0), false);
        newest.filter(|newest| newest.0 >= past.0).unwrap_or(past)
    }

    /// When anything was confirmed last.
    pub fn latest(&self) -> Option<Millis> {
        self.slots.iter().map(|slot| slot.at).max().filter(|at| *at > 0)
    }

    /// Whether the vendor has ever confirmed anything under the current subject.
    pub fn has_confirmed(&self) -> bool {
        self.slots.iter().any(|slot| slot.version > 0 && !slot.is_void)
    }

    /// A request that writes these fields is about to go out.
    pub(super) fn take_off<'a>(&mut self, assertions: impl IntoIterator<Item = &'a Assertion>) {
        for assertion in assertions {
            self.at_mut(assertion).is_flying = true;
        }
    }

    /// The attempt has ended.
    pub(super) fn land(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.is_flying = false);
        self.slots.retain(|slot| !slot.says_nothing());
    }

    /// The attempt has ended, and what it wrote may be there or not, now or later.
    pub(super) fn lose(&mut self) {
        for slot in self.slots.iter_mut().filter(|slot| slot.is_flying) {
            (slot.is_flying, slot.in_doubt, slot.stands) = (false, true, true);
        }
    }

    /// These fields may have been written, and nobody has confirmed it.
    pub(super) fn doubt<'a>(&mut self, assertions: impl IntoIterator<Item = &'a Assertion>) {
        for assertion in assertions {
            let slot = self.at_mut(assertion);
            slot.in_doubt = true;
            slot.stands |= !assertion.clears;
        }
    }

    /// Two requests may be applied in the wrong order; whether any of these fields is concerned.
    pub(super) fn doubt_queued<'a>(
        &mut self,
        assertions: impl IntoIterator<Item = &'a Assertion>,
        since: Millis,
    ) -> bool {
        let mut any = false;
        for assertion in assertions {
            let known = self.slots.iter_mut().find(|slot| slot.name == assertion.slot);
            if let Some(slot) = known.filter(|slot| slot.in_doubt || slot.at > since) {
                slot.in_doubt = true;
                any = true;
            }
        }
        any
    }

    /// The vendor has confirmed what was asserted. Whether a lost request may still change it, so that it stays in doubt.
    pub(super) fn confirm(&mut self, assertion: &Assertion, suspect: Suspect, now: Millis) -> bool {
        let slot = self.at_mut(assertion);
        let lost = suspect.concerns(slot);
        let taken =
            (slot.leaf != assertion.leaf && slot.version > 0).then(|| (slot.leaf.clone(), slot.version));
        slot.leaf = assertion.leaf.clone();
        (slot.version, slot.way, slot.at) = (assertion.version, Some(assertion.way), now);
        slot.stands = if assertion.clears { lost && slot.stands } else { true };
        slot.in_doubt = lost;
        (slot.is_flying, slot.is_assumed, slot.is_void) = (false, false, false);
        if let Some((leaf, version)) = taken {
            let past = self.past.entry(leaf).or_default();
            *past = version.max(*past);
        }
        lost
    }

    /// A part of a set was confirmed, which confirms no set. Whether a lost request may still change it.
    pub(super) fn confirm_part(&mut self, assertion: &Assertion, suspect: Suspect, now: Millis) -> bool {
        let slot = self.at_mut(assertion);
        let lost = suspect.concerns(slot);
        (slot.stands, slot.is_flying, slot.at) = (true, false, now);
        slot.leaf = assertion.leaf.clone();
        slot.in_doubt &= lost;
        lost
    }

    /// The adapter had nothing to send for these.
    pub(super) fn void<'a>(&mut self, assertions: impl IntoIterator<Item = &'a Assertion>) {
        for assertion in assertions {
            let slot = self.at_mut(assertion);
            slot.leaf = assertion.leaf.clone();
            (slot.version, slot.way, slot.is_void) = (assertion.version, Some(assertion.way), true);
            (slot.is_flying, slot.is_assumed) = (false, false);
        }
    }

    /// Everything is to be asserted once more.
    pub(super) fn forget_ways(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.way = None);
    }

    /// Another subject, or another place: nothing is confirmed there, and everything that was ever written may be there.
    pub(super) fn forget_place(&mut self) {
        self.past.clear();
        for slot in &mut self.slots {
            *slot = Slot::in_question(Arc::clone(&slot.name), slot.leaf.clone());
        }
    }

    /// Somebody has seen that these fields do not hold an old value of ours any more.
    pub(super) fn forget_kept(&mut self, names: &[Arc<str>]) {
        for slot in self.slots.iter_mut().filter(|slot| names.contains(&slot.name) && !slot.is_flying) {
            (slot.stands, slot.in_doubt) = (false, false);
            // What was confirmed there is not there any more: it is sent again when the route carries it again.
            slot.way = None;
        }
        self.slots.retain(|slot| !slot.says_nothing());
    }

    /// Takes over what an older schema knew.
    pub(super) fn assume(&mut self, slot: Slot) {
        match self.slots.binary_search_by(|known| known.name.cmp(&slot.name)) {
            Ok(at) => self.slots[at] = slot,
            Err(at) => self.slots.insert(at, slot),
        }
    }

    fn at_mut(&mut self, assertion: &Assertion) -> &mut Slot {
        let at = match self.slots.binary_search_by(|slot| slot.name.cmp(&assertion.slot)) {
            Ok(at) => at,
            Err(at) => {
                self.slots.insert(at, Slot::new(Arc::clone(&assertion.slot), assertion.leaf.clone()));
                at
            }
        };
        &mut self.slots[at]
    }
}

/// Which fields a lost request may still change, at the time at which the request that was answered was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    /// None.
    No,
    /// Those in doubt.
    Doubtful,
    /// Any: of what was lost nothing is known.
    All,
}

impl Suspect {
    fn concerns(self, slot: &Slot) -> bool {
        match self {
            Self::No => false,
            Self::Doubtful => slot.in_doubt,
            Self::All => true,
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} v{}", self.name, self.leaf, self.version)?;
        let marks = [
            (self.stands, " stands"),
            (self.in_doubt, " in doubt"),
            (self.is_flying, " flying"),
            (self.is_assumed, " assumed"),
            (self.is_void, " void"),
        ];
        marks.into_iter().filter(|(is, _)| *is).try_for_each(|(_, mark)| f.write_str(mark))
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.slots).finish()
    }
}
