use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::{BlockReason, Confirmed, Effect, Facts, Lane, State, SubjectFact, Version};
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
    /// The leaves to carry, in the order of isolation.
    pub payload: Vec<(Leaf, Version)>,
    /// The Required leaves that go along although they are not owed.
    pub fillers: Vec<(Leaf, Filler)>,
    /// Per carried set, the members of ours that must go.
    pub removed: BTreeMap<Leaf, BTreeSet<String>>,
    /// Whether the payload is one leaf of an isolation.
    pub isolated: bool,
    /// How the vendor knows the user.
    pub subject: String,
}

/// Where the value of a Required leaf comes from that is not owed.
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
    let sent_before = lane.sent;
    lane.sent = facts.version;
    lane.want = lane.want.max(lane.sent);
    flag_due_holds(lane, now);
    let mut payload = owed(lane, facts);
    if let Some(step) = lane.step.clone() {
        payload.retain(|(leaf, version)| (*version, Some(leaf.clone())) > step);
        payload.truncate(1);
        if payload.is_empty() {
            match isolation_finished(lane, facts, now) {
                Some(whole) => payload = whole,
                None => return Effect::Done,
            }
        }
    }
    if payload.is_empty() {
        nothing_to_send(lane, now);
        return Effect::Done;
    }
    let fillers = match fillers(lane, facts, &payload) {
        Ok(fillers) => fillers,
        Err((reason, leaves)) => {
            lane.sent = sent_before;
            lane.block(reason, leaves, now);
            return Effect::Done;
        }
    };
    let subject_text = match reserve(lane, subject) {
        Ok(text) => text,
        Err(reason) => {
            lane.sent = sent_before;
            lane.block(reason, Vec::new(), now);
            return Effect::Done;
        }
    };
    let removed = write_ahead(lane, facts, &payload);
    suspect_queueing_vendor(lane, subject.apply_window, now);
    lane.state = State::InFlight;
    lane.last_send_at = Some(now);
    Effect::Send(Claim {
        epoch: lane.epoch,
        sent: lane.sent,
        payload,
        fillers,
        removed,
        isolated: lane.step.is_some(),
        subject: subject_text,
    })
}

/// The carried leaves that the vendor has yet to confirm, in the order of isolation.
pub(crate) fn owed(lane: &Lane, facts: &Facts<'_>) -> Vec<(Leaf, Version)> {
    let is_owed = |leaf: &Leaf, version: Version| match lane.held.get(leaf) {
        Some(hold) if hold.version == version => hold.again,
        _ if mutation::is_on(Mutation::PayloadFromAcked) => version > lane.acked,
        _ => version > lane.floor,
    };
    let mut owed: Vec<(Leaf, Version)> = facts
        .carried
        .iter()
        .filter(|(leaf, version)| is_owed(leaf, **version))
        .map(|(leaf, version)| (leaf.clone(), *version))
        .collect();
    owed.sort_by(|left, right| (left.1, &left.0).cmp(&(right.1, &right.0)));
    owed
}

fn flag_due_holds(lane: &mut Lane, now: Millis) {
    for hold in lane.held.values_mut() {
        hold.again |= hold.next_try().is_some_and(|next_try| next_try <= now);
    }
}

/// Every leaf was tried alone. Answers the payload to go on with, if there is one.
fn isolation_finished(lane: &mut Lane, facts: &Facts<'_>, now: Millis) -> Option<Vec<(Leaf, Version)>> {
    lane.step = None;
    if lane.suspect_until.is_some_and(|until| now >= until) {
        return Some(owed(lane, facts));
    }
    nothing_to_send(lane, now);
    None
}

/// Everything is confirmed or held. A lost request keeps the lane suspect all the same: it may still overwrite a value that
/// is sent in the meantime.
fn nothing_to_send(lane: &mut Lane, now: Millis) {
    lane.acked = lane.sent;
    if let Some(until) = lane.suspect_until.filter(|until| now < *until) {
        return lane.wait_in_doubt(until);
    }
    lane.floor = lane.sent;
    lane.suspect_until = None;
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
    payload: &[(Leaf, Version)],
) -> Result<Vec<(Leaf, Filler)>, Obstacle> {
    let mut fillers = Vec::new();
    let (mut missing, mut untested) = (Vec::new(), Vec::new());
    for required in facts.required {
        let leaf = &required.leaf;
        if payload.iter().any(|(carried, _)| carried == leaf) {
            continue;
        }
        // Of a leaf that is held, or whose turn in the isolation has not come, only the old value is known to be good.
        let doubtful = lane.held.contains_key(leaf) || is_ahead_of_isolation(lane, facts, leaf);
        match (&required.value, lane.confirmed_value(leaf)) {
            (Some(value), _) if !doubtful => fillers.push((leaf.clone(), Filler::Profile(value.clone()))),
            (_, Some(confirmed)) => fillers.push((leaf.clone(), Filler::Confirmed(confirmed.clone()))),
            (Some(_), None) => untested.push(leaf.clone()),
            (None, None) => missing.push(leaf.clone()),
        }
    }
    match (missing.is_empty(), untested.is_empty()) {
        (false, _) => Err((BlockReason::NeedsData, missing)),
        // There is a value, but nothing the vendor ever took to put in its place: the content as a whole is refused.
        (true, false) => Err((BlockReason::Rejected, untested)),
        (true, true) => Ok(fillers),
    }
}

fn is_ahead_of_isolation(lane: &Lane, facts: &Facts<'_>, leaf: &Leaf) -> bool {
    let (Some(step), Some((version, leaf))) = (&lane.step, facts.position(leaf)) else { return false };
    (version, Some(leaf)) > *step && version > lane.floor
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
    payload: &[(Leaf, Version)],
) -> BTreeMap<Leaf, BTreeSet<String>> {
    let mut removed = BTreeMap::new();
    for (leaf, _) in payload {
        let Some(wanted) = facts.members.get(leaf) else { continue };
        let held = lane.members(leaf);
        removed.insert(leaf.clone(), held.difference(wanted).cloned().collect());
        if !mutation::is_on(Mutation::ConfirmedAfterSend) {
            lane.confirmed.insert(leaf.clone(), Confirmed::Members(held.union(wanted).cloned().collect()));
        }
    }
    removed
}

/// A vendor that queues may apply two acknowledged requests in the wrong order.
fn suspect_queueing_vendor(lane: &mut Lane, apply_window: Option<Millis>, now: Millis) {
    let (Some(window), Some(last)) = (apply_window, lane.last_send_at) else { return };
    if now - last < window {
        lane.suspect_until = lane.suspect_until.max(Some(now + window));
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim {{ epoch: {}, sent: {}, payload: {:?} }}", self.epoch, self.sent, self.payload)
    }
}
