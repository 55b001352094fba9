use canonical::Leaf;

use super::{BlockReason, Facts, Hold, HoldReason, Lane, Sent, Version, settle};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// Every rejection shrinks the payload, meets a newer value, or blocks.
pub(super) fn reject(lane: &mut Lane, facts: &Facts<'_>, sent: &Sent, named: &[Leaf], now: Millis) {
    let of_payload: Vec<_> = sent.payload.iter().filter(|(leaf, _)| named.contains(leaf)).cloned().collect();
    if !of_payload.is_empty() {
        hold_all(lane, facts, &of_payload, HoldReason::Named, now);
        move_step_if_isolating(lane, sent);
        return lane.ready(now);
    }
    let of_fillers: Vec<&Leaf> = named.iter().filter(|leaf| sent.required.contains_key(leaf)).collect();
    if !of_fillers.is_empty() {
        return filler_rejected(lane, facts, sent, &of_fillers, now);
    }
    if let [single] = sent.payload.as_slice() {
        hold_all(lane, facts, std::slice::from_ref(single), HoldReason::Isolated, now);
        move_step_if_isolating(lane, sent);
        return lane.ready(now);
    }
    lane.step = Some((0, None));
    lane.ready(now);
}

/// A Required leaf that only went along was refused: the last confirmed value can stand in for it, if there is another.
fn filler_rejected(lane: &mut Lane, facts: &Facts<'_>, sent: &Sent, leaves: &[&Leaf], now: Millis) {
    for leaf in leaves {
        let refused = &sent.required[*leaf];
        // A newer value than the claim's has not been refused.
        if facts.carried.get(*leaf).is_some_and(|version| *version > lane.sent) {
            continue;
        }
        let other = lane.confirmed_value(leaf).is_some_and(|confirmed| confirmed != refused);
        match facts.carried.get(*leaf) {
            Some(version) if other => {
                hold_all(lane, facts, &[((*leaf).clone(), *version)], HoldReason::Named, now);
            }
            _ => {
                return lane.block(
                    BlockReason::Rejected,
                    leaves.iter().map(|leaf| (*leaf).clone()).collect(),
                    now,
                );
            }
        }
    }
    lane.ready(now);
}

/// Holds each leaf that still has the version sent; one with a newer value has not been refused.
fn hold_all(lane: &mut Lane, facts: &Facts<'_>, leaves: &[(Leaf, Version)], reason: HoldReason, now: Millis) {
    for (leaf, version) in leaves {
        let Some(present) = facts.carried.get(leaf) else { continue };
        if present != version && !mutation::is_on(Mutation::HoldIgnoresVersion) {
            continue;
        }
        match lane.held.get_mut(leaf) {
            Some(hold) => hold.refused_again(now),
            None => drop(lane.held.insert(leaf.clone(), Hold::new(*present, reason, now))),
        }
    }
}

fn move_step_if_isolating(lane: &mut Lane, sent: &Sent) {
    if lane.step.is_some() {
        settle::move_step(lane, sent);
    }
}
