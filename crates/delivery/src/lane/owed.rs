use std::collections::BTreeSet;

use canonical::Leaf;

use super::{
    Assertion, Facts, Lane,
    known::{hold, is_confirmed},
    stop::stop,
};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// The most members that one attempt takes out of a set; more of them take several attempts.
pub const MOST_REMOVALS: usize = 19;

/// What the vendor has yet to confirm of what the route carries now, in the order of isolation: what goes with every request
/// first, then the oldest change.
pub(crate) fn owed(lane: &Lane, facts: &Facts<'_>, now: Millis) -> Vec<Assertion> {
    if !facts.serves {
        return Vec::new();
    }
    let mut owed: Vec<Assertion> =
        facts.carried.values().filter(|assertion| is_due(lane, facts, assertion, now)).cloned().collect();
    owed.sort_by(|left, right| {
        let key = |it: &Assertion| (!facts.is_required(&it.leaf), it.version);
        key(left).cmp(&key(right)).then_with(|| left.leaf.cmp(&right.leaf))
    });
    owed
}

fn is_due(lane: &Lane, facts: &Facts<'_>, assertion: &Assertion, now: Millis) -> bool {
    let held = hold(lane, assertion);
    if held.is_none() && has_nothing_to_send(lane, facts, &assertion.leaf) {
        return false;
    }
    if held.is_some() || !is_confirmed(lane, assertion) {
        return is_admitted(lane, facts, assertion, now);
    }
    let Some(slot) = lane.slots.get(&assertion.slot).filter(|slot| slot.in_doubt) else { return false };
    // An isolation goes through all that was refused together, although its own requests make new doubts.
    let is_untried = |since: Millis| slot.at < since;
    doubt_is_over(lane, now) || lane.isolating_since.is_some_and(is_untried)
}

/// Whether a leaf that the vendor has yet to confirm may go now. What goes together with it is refused or tried again with it.
fn is_admitted(lane: &Lane, facts: &Facts<'_>, assertion: &Assertion, now: Millis) -> bool {
    if facts.companions(&assertion.leaf).any(|leaf| facts.is_uncarried(leaf)) {
        return false;
    }
    let of_companions =
        facts.companions(&assertion.leaf).filter_map(|leaf| hold(lane, facts.carried.get(leaf)?));
    let mut holds = hold(lane, assertion).into_iter().chain(of_companions).peekable();
    if holds.peek().is_some() {
        return holds.any(|hold| hold.again);
    }
    // No member counts as removed while a lost request can bring it back: a set of many attempts waits for that.
    let in_doubt = lane.slots.get(&assertion.slot).is_some_and(|slot| slot.in_doubt);
    let is_large = || removals(lane, facts, &assertion.leaf).is_some_and(|gone| gone.len() > MOST_REMOVALS);
    !(in_doubt && !doubt_is_over(lane, now) && is_large())
}

fn doubt_is_over(lane: &Lane, now: Millis) -> bool {
    lane.suspect_until.is_none_or(|until| now >= until)
}

/// Whether a carried set has no member to add and none of ours to remove.
pub(crate) fn has_nothing_to_send(lane: &Lane, facts: &Facts<'_>, leaf: &Leaf) -> bool {
    facts.members.get(leaf).is_some_and(BTreeSet::is_empty)
        && lane.members(leaf).is_empty()
        && !mutation::is_on(Mutation::NothingSentIsASuccess)
}

/// The members of ours that are not wanted any more; none where the leaf is no carried set.
pub(super) fn removals(lane: &Lane, facts: &Facts<'_>, leaf: &Leaf) -> Option<BTreeSet<String>> {
    let wanted = facts.members.get(leaf)?;
    Some(lane.members(leaf).difference(wanted).cloned().collect())
}

/// Whether something that is carried was confirmed and may not be there, which nobody can put right yet.
pub(super) fn waits_for_doubt(lane: &Lane, facts: &Facts<'_>, now: Millis) -> bool {
    let is_open = lane.suspect_until.is_some_and(|until| now < until);
    let in_doubt = |assertion: &Assertion| {
        stop(lane, facts, assertion).is_none()
            && lane.slots.get(&assertion.slot).is_some_and(|slot| slot.in_doubt)
    };
    is_open
        && if facts.is_known {
            facts.carried.values().any(in_doubt)
        } else {
            lane.slots.iter().any(|slot| slot.in_doubt)
        }
}
