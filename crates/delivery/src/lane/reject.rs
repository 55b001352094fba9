use canonical::Leaf;

use super::{Assertion, BlockReason, Facts, Hold, HoldReason, Lane, Sent, owed::owed};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// Every rejection shrinks the payload, meets a newer value, or blocks.
pub(super) fn reject(lane: &mut Lane, facts: &Facts<'_>, sent: &Sent, named: &[Leaf], now: Millis) {
    let of_payload: Vec<&Assertion> = sent.payload.iter().filter(|it| named.contains(&it.leaf)).collect();
    if !of_payload.is_empty() {
        of_payload.into_iter().for_each(|refused| hold(lane, facts, refused, HoldReason::Named, now));
        return lane.ready(now);
    }
    let of_fillers: Vec<&Assertion> = sent.along.iter().filter(|it| named.contains(&it.leaf)).collect();
    if !of_fillers.is_empty() {
        return filler_rejected(lane, facts, sent, &of_fillers, now);
    }
    if is_one(facts, &sent.payload) {
        // Nobody knows which was meant: with a newer value of one, the whole has not been refused.
        if sent.payload.iter().all(|it| is_current(facts, it)) {
            sent.payload.iter().for_each(|it| hold(lane, facts, it, HoldReason::Isolated, now));
        }
        return match refused_altogether(lane, facts, now) {
            Some(leaves) => lane.block(BlockReason::Rejected, leaves, now),
            None => lane.ready(now),
        };
    }
    if lane.isolating_since.is_some() && sent.payload.iter().any(|it| is_current(facts, it)) {
        // The Required leaves of which the vendor has never taken any: none of them can go alone.
        let leaves = sent.payload.iter().map(|it| it.leaf.clone()).collect();
        return lane.block(BlockReason::Rejected, leaves, now);
    }
    lane.isolating_since.get_or_insert(now);
    lane.ready(now);
}

/// Whether all that was sent goes together or not at all.
fn is_one(facts: &Facts<'_>, payload: &[Assertion]) -> bool {
    payload.first().is_some_and(|first| payload.iter().all(|it| facts.are_one(&first.leaf, &it.leaf)))
}

/// The leaves of an isolation that has come to its end and in which the vendor has taken none: what it refuses is not a value,
/// and whoever waits for another value waits for nothing.
fn refused_altogether(lane: &Lane, facts: &Facts<'_>, now: Millis) -> Option<Vec<Leaf>> {
    let since = lane.isolating_since?;
    let is_over = owed(lane, facts, now).is_empty();
    let has_taken = lane.slots.iter().any(|slot| slot.at >= since);
    let refused =
        lane.held.iter().filter(|(_, hold)| hold.reason == HoldReason::Isolated && hold.tried_at >= since);
    let refused: Vec<Leaf> = refused.map(|(leaf, _)| leaf.clone()).collect();
    let is_more_than_one = refused.iter().any(|leaf| !facts.are_one(&refused[0], leaf));
    (is_over && !has_taken && is_more_than_one).then_some(refused)
}

/// Whether the profile still has what was sent.
fn is_current(facts: &Facts<'_>, sent: &Assertion) -> bool {
    facts.carried.get(&sent.leaf).is_some_and(|carried| carried == sent)
}

/// A Required leaf that only went along was refused: the last confirmed value can stand in for it, if there is another.
fn filler_rejected(lane: &mut Lane, facts: &Facts<'_>, sent: &Sent, refused: &[&Assertion], now: Millis) {
    for assertion in refused {
        let leaf = &assertion.leaf;
        // A newer value than the claim's has not been refused.
        let present = facts.carried.get(leaf);
        if present.is_some_and(|present| present.version > sent.version) {
            continue;
        }
        let other =
            lane.confirmed_value(leaf).is_some_and(|confirmed| sent.required.get(leaf) != Some(confirmed));
        match present {
            Some(present) if other => hold(lane, facts, &present.clone(), HoldReason::Named, now),
            _ => {
                let leaves = refused.iter().map(|assertion| assertion.leaf.clone()).collect();
                return lane.block(BlockReason::Rejected, leaves, now);
            }
        }
    }
    lane.ready(now);
}

/// Holds a leaf that still is what was sent; a newer value, or another way to put it, has not been refused.
fn hold(lane: &mut Lane, facts: &Facts<'_>, refused: &Assertion, reason: HoldReason, now: Millis) {
    let Some(present) = facts.carried.get(&refused.leaf) else { return };
    if present != refused && !mutation::is_on(Mutation::HoldIgnoresVersion) {
        return;
    }
    // What goes together with it was tried with it, and has to wait for its next try, too.
    for companion in facts.companions(&refused.leaf) {
        if let Some(hold) = lane.held.get_mut(companion).filter(|hold| hold.again) {
            hold.refused_again(now);
        }
    }
    match lane.held.get_mut(&refused.leaf) {
        Some(hold) if hold.again || hold.tried_at < now => hold.refused_again(now),
        Some(_) => {}
        None => {
            let hold = Hold::new(present.version, present.way, reason, now);
            lane.held.insert(refused.leaf.clone(), hold);
        }
    }
}
