use canonical::Leaf;

use super::Version;
use crate::Millis;

/// When a vendor confirmed what it has of a user, by the versions of the leaves: from the entry before on up to its own version,
/// what an entry stands for was confirmed at its time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Confirmations(Vec<(Version, Millis)>);

/// The most entries; of more, the oldest two become one, with the later time of both.
const MOST: usize = 16;

impl Confirmations {
    /// From entries that were kept elsewhere; none when these are not in order.
    pub fn of(entries: Vec<(Version, Millis)>) -> Option<Self> {
        entries.is_sorted_by(|one, next| one.0 < next.0).then_some(Self(entries))
    }

    /// The entries, in the order of their versions.
    pub fn entries(&self) -> &[(Version, Millis)] {
        &self.0
    }

    /// When a leaf with this version was confirmed last.
    pub fn at(&self, version: Version) -> Option<Millis> {
        self.0.iter().find(|(upto, _)| *upto >= version).map(|(_, at)| *at)
    }

    /// When anything was confirmed last.
    pub fn latest(&self) -> Option<Millis> {
        self.0.iter().map(|(_, at)| *at).max()
    }

    /// Leaves were confirmed: all of the route from the first version of the payload up to its last one, which is in order.
    pub(super) fn note(&mut self, payload: &[(Leaf, Version)], now: Millis) {
        let (Some((_, first)), Some((_, last))) = (payload.first(), payload.last()) else { return };
        let before = first.saturating_sub(1);
        let older = self.at(before);
        self.0.retain(|(upto, _)| upto < first || upto > last);
        let place = self.0.partition_point(|(upto, _)| *upto < *first);
        self.0.insert(place, (*last, now));
        // What the entry behind stood for, too.
        if let Some(at) =
            older.filter(|_| before > 0 && self.0[..place].last().is_none_or(|(upto, _)| *upto < before))
        {
            self.0.insert(place, (before, at));
        }
        while self.0.len() > MOST {
            let (_, oldest) = self.0.remove(0);
            self.0[0].1 = self.0[0].1.max(oldest);
        }
    }

    /// Drops what stands for no leaf any more. `versions`: those of the leaves that the route carries.
    pub(super) fn forget_all_but(&mut self, versions: impl IntoIterator<Item = Version>) {
        let stand_for: Vec<Version> = versions.into_iter().collect();
        let mut after = 0;
        self.0.retain(|(upto, _)| {
            let is_needed = stand_for.iter().any(|version| (after + 1..=*upto).contains(version));
            after = *upto;
            is_needed
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// A payload with leaves of these versions.
    fn payload(versions: &[Version]) -> Vec<(Leaf, Version)> {
        versions.iter().map(|version| (Leaf::Title, *version)).collect()
    }

    #[test]
    fn each_leaf_has_the_time_of_its_own_confirmation() {
        let mut confirmations = Confirmations::default();
        confirmations.note(&payload(&[1, 1, 2]), 100);
        confirmations.note(&payload(&[5]), 200);
        assert_eq!(
            [1, 2, 5, 6].map(|version| confirmations.at(version)),
            [Some(100), Some(100), Some(200), None]
        );
        // A held leaf that is taken later says nothing about those before and behind it.
        confirmations.note(&payload(&[2]), 300);
        assert_eq!([1, 2, 5].map(|version| confirmations.at(version)), [Some(100), Some(300), Some(200)]);
        assert_eq!(confirmations.latest(), Some(300));
        confirmations.note(&payload(&[1, 2, 5]), 400);
        assert_eq!(confirmations.entries(), [(5, 400)]);
    }

    proptest! {
        /// Leaves change one after the other, and what is owed from some version on is confirmed at once, as a lane does it.
        #[test]
        fn no_leaf_gets_another_ones_time(acts in vec((0_usize..6, 0_u64..8), 1..60)) {
            let (mut leaves, mut told) = (BTreeMap::new(), BTreeMap::new());
            let mut confirmations = Confirmations::default();
            for (now, (leaf, back)) in (1_u64..).zip(acts) {
                leaves.insert(leaf, now);
                confirmations.forget_all_but(leaves.values().copied());
                let floor = now.saturating_sub(back);
                let owed: BTreeMap<Version, usize> =
                    leaves.iter().map(|(leaf, version)| (*version, *leaf)).filter(|(version, _)| *version > floor).collect();
                let versions: Vec<Version> = owed.keys().copied().collect();
                let at = Millis::try_from(now).expect("small");
                confirmations.note(&payload(&versions), at);
                told.extend(owed.into_values().map(|leaf| (leaf, (leaves[&leaf], at))));
                for (version, at) in told.values().filter(|(version, _)| leaves.values().any(|of| of == version)) {
                    prop_assert_eq!(confirmations.at(*version), Some(*at), "{:?}", confirmations);
                }
                prop_assert!(Confirmations::of(confirmations.0.clone()).is_some());
                prop_assert!(confirmations.0.len() <= leaves.len() + 1);
            }
        }
    }
}
