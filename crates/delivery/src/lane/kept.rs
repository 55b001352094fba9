use std::sync::Arc;

use canonical::Leaf;

use super::{Facts, Lane, Slot, Version, stop::stop};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// A value of ours that a vendor has, or may have, that is not the person's any more and that nothing is going to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The field's name on the wire.
    pub slot: Arc<str>,
    /// The leaf that was written there last.
    pub leaf: Leaf,
    /// The version that was confirmed there, if one was.
    pub version: Option<Version>,
    /// When it was confirmed.
    pub since: Option<Millis>,
    /// Whether it is certainly there; else it may be.
    pub is_certain: bool,
}

/// What the vendor keeps. `owner` tells which leaf a field stands for now, `present` which version the profile has of a leaf.
pub(crate) fn kept<'a>(
    lane: &'a Lane,
    facts: &'a Facts<'_>,
    owner: impl Fn(&str) -> Option<Leaf> + 'a,
    present: impl Fn(&Leaf) -> Option<Version> + 'a,
) -> impl Iterator<Item = Kept> + 'a {
    lane.slots.iter().filter(|slot| slot.stands || slot.is_flying).filter_map(move |slot| {
        let owner = owner(&slot.name);
        let carried = owner.as_ref().and_then(|leaf| facts.carried.get(leaf)).filter(|_| facts.serves);
        if carried.is_some_and(|assertion| stop(lane, facts, assertion).is_none()) {
            return None;
        }
        let is_certain = is_certain(slot);
        let is_present = present(&slot.leaf) == Some(slot.version);
        let under_its_name = owner.is_none_or(|owner| owner == slot.leaf);
        if is_certain && is_present && under_its_name || mutation::is_on(Mutation::KeptIsNotTold) {
            return None;
        }
        Some(Kept {
            slot: Arc::clone(&slot.name),
            leaf: slot.leaf.clone(),
            version: Some(slot.version).filter(|version| *version > 0),
            since: Some(slot.at).filter(|at| *at > 0),
            is_certain,
        })
    })
}

fn is_certain(slot: &Slot) -> bool {
    let has_doubt = slot.in_doubt && !mutation::is_on(Mutation::KeptForCertainInDoubt);
    slot.stands && slot.version > 0 && !slot.is_void && !(has_doubt || slot.is_flying || slot.is_assumed)
}
