use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use adapter::Fingerprint;
use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::{
    Assertion, BlockReason, Confirmed, Effect, Facts, Lane, State, SubjectFact, Version,
    known::{hold, is_confirmed},
    owed::{owed, removals, waits_for_doubt},
};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// What one claim is to send. Its `Debug` shows neither the subject nor values.
#[derive(Clone, PartialEq)]
pub struct Claim {
    /// The claim's number; the settle must bring it back.
    pub epoch: u64,
    /// The user version that the request is built from.
    pub sent: Version,
    /// What is to be asserted, in the order of isolation.
    pub payload: Vec<Assertion>,
    /// The Required leaves that go along although they are not owed.
    pub fillers: Vec<(Assertion, Filler)>,
    /// The leaves that go with every request.
    pub required: Vec<Leaf>,
    /// Per carried set, the members of ours that must go.
    pub removed: BTreeMap<Leaf, BTreeSet<String>>,
    /// Whether the payload is one step of an isolation.
    pub isolated: bool,
    /// Where the route leads.
    pub place: Fingerprint,
    /// How the vendor knows the user.
    pub subject: String,
}

/// Source of the value of a Required leaf that is sent along unchanged.
#[derive(Clone, PartialEq)]
pub enum Filler {
    /// The profile.
    Profile(JsonValue),
    /// The last value that the vendor confirmed.
    Confirmed(JsonValue),
}

pub(super) fn claim(lane: &mut Lane, facts: &Facts<'_>, subject: &SubjectFact, now: Millis) -> Effect {
    debug_assert!(matches!(lane.state, State::Ready | State::Wait(_)), "{lane:?}");
    if !facts.serves {
        lane.state = State::Idle;
        return Effect::Done;
    }
    lane.epoch += 1;
    end_suspicion(lane, now);
    flag_due_holds(lane, now);
    let mut payload = owed(lane, facts, now);
    if lane.isolating_since.is_some() && !payload.is_empty() {
        one_step(lane, facts, &mut payload);
    }
    if payload.is_empty() {
        nothing_to_send(lane, facts, now);
        return Effect::Done;
    }
    let fillers = match fillers(lane, facts, &payload) {
        Ok(fillers) => fillers,
        Err((reason, leaves)) => {
            lane.block(reason, leaves, now);
            return Effect::Done;
        }
    };
    let subject_text = match reserve(lane, subject) {
        Ok(text) => text,
        Err(reason) => {
            lane.block(reason, Vec::new(), now);
            return Effect::Done;
        }
    };
    let removed = write_ahead(lane, facts, &payload);
    let all = || payload.iter().chain(fillers.iter().map(|(assertion, _)| assertion));
    suspect_queueing_vendor(lane, all(), subject, now);
    lane.slots.take_off(all());
    lane.state = State::InFlight;
    lane.last_send_at = Some(now);
    lane.place = Some(facts.place);
    Effect::Send(Claim {
        epoch: lane.epoch,
        sent: facts.version,
        payload,
        fillers,
        required: facts.required.iter().map(|required| required.leaf.clone()).collect(),
        removed,
        isolated: lane.isolating_since.is_some(),
        place: facts.place,
        subject: subject_text,
    })
}

/// No lost request can change the vendor any more: what is in doubt can be put beyond it.
fn end_suspicion(lane: &mut Lane, now: Millis) {
    if lane.suspect_until.is_some_and(|until| now >= until) {
        lane.suspect_until = None;
        lane.is_blind = false;
    }
}

fn flag_due_holds(lane: &mut Lane, now: Millis) {
    for hold in lane.held.values_mut() {
        hold.again |= hold.next_try().is_some_and(|next_try| next_try <= now);
    }
}

/// Of an isolation the next step: a single leaf with what goes together with it. The Required leaves go together while one of them
/// has no value that the vendor has ever taken: each alone would lack the others.
fn one_step(lane: &Lane, facts: &Facts<'_>, payload: &mut Vec<Assertion>) {
    let required = payload.iter().take_while(|it| facts.is_required(&it.leaf)).count();
    let is_new = payload[..required].iter().any(|it| lane.confirmed_value(&it.leaf).is_none());
    let first: Vec<Leaf> =
        payload[..if is_new { required } else { 1 }].iter().map(|it| it.leaf.clone()).collect();
    payload.retain(|it| first.iter().any(|leaf| facts.are_one(leaf, &it.leaf)));
}

/// Everything is confirmed or held. A lost request keeps the lane suspect all the same: it may still overwrite a value that
/// is sent in the meantime.
pub(super) fn nothing_to_send(lane: &mut Lane, facts: &Facts<'_>, now: Millis) {
    lane.isolating_since = None;
    if let Some(until) = lane.suspect_until.filter(|_| waits_for_doubt(lane, facts, now)) {
        return lane.wait_in_doubt(until);
    }
    lane.attempt = 0;
    lane.first_fail_at = None;
    lane.rest();
}

/// Why a lane cannot be claimed, and for which leaves.
type Obstacle = (BlockReason, Vec<Leaf>);

/// The Required leaves beside the payload, or why the lane cannot go on without them.
fn fillers(
    lane: &Lane,
    facts: &Facts<'_>,
    payload: &[Assertion],
) -> Result<Vec<(Assertion, Filler)>, Obstacle> {
    let mut fillers = Vec::new();
    let (mut missing, mut untested) = (Vec::new(), Vec::new());
    for required in facts.required {
        let leaf = &required.leaf;
        if payload.iter().any(|carried| carried.leaf == *leaf) {
            continue;
        }
        let carried = facts.carried.get(leaf);
        // Of a leaf that is held, or whose turn in the isolation has not come, only the old value is known to be good.
        let is_good =
            carried.is_some_and(|carried| hold(lane, carried).is_none() && is_confirmed(lane, carried));
        match (&required.value, carried, lane.confirmed_value(leaf)) {
            (Some(value), Some(carried), _) if is_good => {
                fillers.push((carried.clone(), Filler::Profile(value.clone())));
            }
            (_, _, Some(confirmed)) => {
                let assertion = as_confirmed(lane, leaf, &required.slot);
                fillers.push((assertion, Filler::Confirmed(confirmed.clone())));
            }
            (Some(_), _, None) => untested.push(leaf.clone()),
            (None, _, None) => missing.push(leaf.clone()),
        }
    }
    match (missing.is_empty(), untested.is_empty()) {
        (false, _) => Err((BlockReason::NeedsData, missing)),
        // There is a value, but nothing the vendor ever took to put in its place: the content as a whole is refused.
        (true, false) => Err((BlockReason::Rejected, untested)),
        (true, true) => Ok(fillers),
    }
}

/// What the last confirmed value of a Required leaf asserts: once more what was confirmed.
fn as_confirmed(lane: &Lane, leaf: &Leaf, slot: &Arc<str>) -> Assertion {
    // Which version it is, a row of an older schema only assumes.
    let known = lane.slots.get(slot).filter(|known| known.leaf == *leaf && !known.is_assumed);
    Assertion {
        leaf: leaf.clone(),
        version: known.map_or(0, |known| known.version),
        slot: Arc::clone(slot),
        way: known.and_then(|known| known.way).unwrap_or(Fingerprint::of_number(0)),
        clears: false,
    }
}

/// Reserves the subject for this lane before its first byte is sent.
fn reserve(lane: &mut Lane, subject: &SubjectFact) -> Result<String, BlockReason> {
    if lane.subject_key.is_some() {
        return lane.subject.clone().ok_or(BlockReason::Unaddressable);
    }
    let (text, key) = subject.candidate.clone().ok_or(BlockReason::Unaddressable)?;
    if subject.taken {
        return Err(BlockReason::SubjectTaken);
    }
    lane.subject = Some(text.clone());
    lane.subject_key = Some(key);
    lane.pinned = false;
    Ok(text)
}

/// Notes the members that are about to be sent, so that they can be removed even if the answer is lost.
fn write_ahead(
    lane: &mut Lane,
    facts: &Facts<'_>,
    payload: &[Assertion],
) -> BTreeMap<Leaf, BTreeSet<String>> {
    let mut removed = BTreeMap::new();
    for Assertion { leaf, .. } in payload {
        let (Some(wanted), Some(gone)) = (facts.members.get(leaf), removals(lane, facts, leaf)) else {
            continue;
        };
        removed.insert(leaf.clone(), gone);
        if !mutation::is_on(Mutation::ConfirmedAfterSend) {
            let held = lane.members(leaf);
            lane.confirmed.insert(leaf.clone(), Confirmed::Members(held.union(wanted).cloned().collect()));
        }
    }
    removed
}

/// A vendor that queues may apply two acknowledged requests in the wrong order.
fn suspect_queueing_vendor<'a>(
    lane: &mut Lane,
    payload: impl Iterator<Item = &'a Assertion>,
    subject: &SubjectFact,
    now: Millis,
) {
    let (Some(window), Some(last)) = (subject.apply_window, lane.last_send_at) else { return };
    let since = if subject.began > now - window { Millis::MIN } else { now - window };
    if now - last < window && lane.slots.doubt_queued(payload, since) {
        lane.suspect_until = lane.suspect_until.max(Some(now + window));
    }
}

impl Claim {
    /// The leaves of the payload with their versions.
    pub fn leaves(&self) -> Vec<(Leaf, Version)> {
        self.payload.iter().map(|assertion| (assertion.leaf.clone(), assertion.version)).collect()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim {{ epoch: {}, sent: {}, payload: {:?} }}", self.epoch, self.sent, self.payload)
    }
}
