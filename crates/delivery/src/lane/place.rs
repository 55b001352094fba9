//! What changes what was confirmed, although nothing was sent: another place, another subject, a row of an older schema.

use adapter::Fingerprint;

use super::{Facts, Lane, Slot, Version};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// What a row of an older schema knew: one watermark for all leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watermark {
    /// Everything up to this version counted as confirmed or was held.
    pub acked: Version,
    /// Everything up to this version was confirmed, and no lost request could overwrite it.
    pub floor: Version,
    /// Up to which version what was confirmed when.
    pub times: Vec<(Version, Millis)>,
}

impl Lane {
    /// The lane as its next event will find it.
    pub(crate) fn seen_by(&self, facts: &Facts<'_>) -> Self {
        let mut lane = self.clone();
        lane.catch_up(facts);
        lane
    }

    /// Whether [`Lane::seen_by`] would change anything at a route that leads to this place.
    pub(crate) fn is_outdated(&self, place: Fingerprint) -> bool {
        self.watermark.is_some() || self.place.is_some_and(|known| known != place)
    }

    /// The route gets another mapping or, with `moves`, another place before a row of an older schema was looked at: what the row
    /// says, it says of those before.
    pub fn distrust(&mut self, moves: bool) {
        if let Some(watermark) = &mut self.watermark {
            *watermark = Watermark::default();
            self.held.clear();
            if moves {
                self.confirmed.clear();
            }
        }
    }

    /// Finds out what has changed since the row was written.
    pub(super) fn catch_up(&mut self, facts: &Facts<'_>) {
        if let Some(watermark) = self.watermark.take() {
            self.assume(&watermark, facts);
        }
        if self.place.is_some_and(|place| place != facts.place)
            && !mutation::is_on(Mutation::PlaceNotCompared)
        {
            self.place = Some(facts.place);
            self.known_since = facts.version;
            self.slots.forget_place();
            self.held.clear();
            self.confirmed.clear();
            self.unverified.clear();
        }
    }

    /// Takes the word of an older schema for no more than it knew: what the route carries now was probably carried then, too, and of
    /// everything else nobody can tell whether it was ever sent.
    fn assume(&mut self, watermark: &Watermark, facts: &Facts<'_>) {
        self.place.get_or_insert(facts.place);
        self.known_since = facts.version;
        for hold in self.held.values_mut() {
            let carried = facts.carried.values().find(|it| it.version == hold.version);
            hold.way = hold.way.or(carried.map(|it| it.way));
        }
        if self.last_send_at.is_none() {
            return;
        }
        let confirmed = |version: Version| self.pinned && facts.serves && version <= watermark.acked;
        let at = |version: Version| {
            let entry = watermark.times.iter().find(|(upto, _)| *upto >= version);
            entry.map_or(0, |(_, at)| *at)
        };
        let mut slots = Vec::new();
        for assertion in facts.carried.values() {
            let is_held =
                self.held.get(&assertion.leaf).is_some_and(|hold| hold.version == assertion.version);
            let is_known = confirmed(assertion.version) && !is_held;
            let is_set = facts.members.contains_key(&assertion.leaf);
            slots.push(Slot {
                name: assertion.slot.clone(),
                leaf: assertion.leaf.clone(),
                version: if is_known { assertion.version } else { 0 },
                way: is_known.then_some(assertion.way),
                at: if is_known { at(assertion.version) } else { 0 },
                stands: if is_set { !self.members(&assertion.leaf).is_empty() } else { true },
                in_doubt: !is_known || assertion.version > watermark.floor,
                is_flying: false,
                is_assumed: is_known && !mutation::is_on(Mutation::MigrationTrustsWatermark),
                is_void: false,
            });
        }
        for (leaf, name) in facts.uncarried {
            slots.push(Slot::in_question(name.clone(), leaf.clone()));
        }
        slots.into_iter().for_each(|slot| self.slots.assume(slot));
    }
}
