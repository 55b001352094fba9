use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::{
    Again, BlockReason, Confirmed, Effect, Facts, FailureClass, Hold, HoldReason, Lane, Rearm, State,
    Version, WaitCause, rearm,
};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// How the attempt of a claim ended.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The claim's number.
    pub epoch: u64,
    /// When the first request of the attempt was started.
    pub started_at: Millis,
    /// What the attempt carried.
    pub sent: Sent,
    /// What became of it.
    pub outcome: Outcome,
}

/// What an attempt carried. Its `Debug` shows no values.
#[derive(Clone, Default)]
pub struct Sent {
    /// The payload, with the versions sent.
    pub payload: Vec<(Leaf, Version)>,
    /// The value of each Required leaf in the request, in wire form.
    pub required: BTreeMap<Leaf, JsonValue>,
    /// The members that each set has of us after the request.
    pub members: BTreeMap<Leaf, BTreeSet<String>>,
    /// Whether the request carries less than the claim owes.
    pub partial: Partial,
}

/// Whether an attempt carries less than its claim owes, because it would have needed too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partial {
    /// It carries everything.
    #[default]
    No,
    /// It carries the first leaves only.
    Leaves,
    /// It carries one set and removes some of the members that must go.
    Members,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The vendor confirmed it.
    Ok {
        /// An id that the answer names beside the subject.
        witness: Option<String>,
        /// Leaves that the answer echoes with another value.
        unverified: Vec<Leaf>,
    },
    /// It was certainly not applied; it is tried again.
    NotApplied {
        /// Why.
        failure: Failure,
    },
    /// Nobody can know whether it was applied; it is tried again, and once more when it cannot be applied any later.
    Unknown {
        /// Why.
        failure: Failure,
        /// Until when it may be applied.
        suspect_until: Millis,
    },
    /// The vendor refused the content.
    Rejected {
        /// The leaves that it named.
        named: Vec<Leaf>,
        /// The status of the answer.
        status: Option<u16>,
    },
    /// The vendor's answer is definite, and trying again does not help.
    Blocked {
        /// Why.
        reason: BlockReason,
        /// The class of the failure.
        class: FailureClass,
        /// The status of the answer.
        status: Option<u16>,
        /// Whether the vendor has never known the subject, which frees it for others.
        release_subject: bool,
        /// Until when an earlier request of the attempt may be applied, if one had no answer.
        suspect_until: Option<Millis>,
    },
}

impl Outcome {
    /// Why the attempt failed; none for a success.
    pub fn class(&self) -> Option<FailureClass> {
        match self {
            Outcome::Ok { .. } => None,
            Outcome::NotApplied { failure } | Outcome::Unknown { failure, .. } => Some(failure.class),
            Outcome::Rejected { .. } => Some(FailureClass::Invalid),
            Outcome::Blocked { class, .. } => Some(*class),
        }
    }
}

/// A failed attempt that is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// Why it failed.
    pub class: FailureClass,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Whether the failure is charged to the lane.
    pub counted: bool,
    /// Whether other lanes of the route meet it too.
    pub cause: WaitCause,
    /// When the next attempt is due.
    pub next_at: Millis,
    /// Whether the vendor has never known the subject, which frees it for others.
    pub release_subject: bool,
}

pub(super) fn settle(lane: &mut Lane, facts: &Facts<'_>, settle: Settle, now: Millis) -> Effect {
    let is_stale = lane.epoch != settle.epoch && !mutation::is_on(Mutation::AcknowledgeWithoutEpoch);
    if lane.state != State::InFlight || is_stale {
        return Effect::Stale;
    }
    let Settle { started_at, sent, outcome, .. } = settle;
    match outcome {
        Outcome::Ok { witness, unverified } => {
            succeed(lane, &sent);
            lane.witness = lane.witness.take().or(witness);
            lane.unverified = unverified;
            if lane.step.is_some() || sent.partial != Partial::No {
                step_taken(lane, &sent, started_at, now);
            } else {
                confirmed(lane, &sent, started_at, now);
            }
        }
        Outcome::NotApplied { failure } => failed(lane, &failure, now),
        Outcome::Unknown { failure, suspect_until } => {
            lane.suspect_until = lane.suspect_until.max(Some(suspect_until));
            failed(lane, &failure, now);
        }
        Outcome::Rejected { named, status } => {
            lane.attempt = 0;
            lane.first_fail_at = None;
            lane.last_class = Some(FailureClass::Invalid);
            lane.last_status = status;
            rejected(lane, facts, &sent, &named, now);
        }
        Outcome::Blocked { reason, class, status, release_subject, suspect_until } => {
            if let Some(until) = suspect_until {
                lane.suspect_until = lane.suspect_until.max(Some(until));
            }
            lane.last_class = Some(class);
            lane.last_status = status;
            release(lane, release_subject);
            lane.block(reason, Vec::new(), now);
        }
    }
    match std::mem::take(&mut lane.again) {
        Again::None => Effect::Done,
        Again::Retry => rearm::rearm(lane, facts, &Rearm::Retry, now),
        Again::Resync => rearm::rearm(lane, facts, &Rearm::Resync, now),
    }
}

fn succeed(lane: &mut Lane, sent: &Sent) {
    lane.attempt = 0;
    lane.first_fail_at = None;
    lane.last_class = None;
    lane.last_status = None;
    lane.pinned = true;
    for (leaf, value) in &sent.required {
        lane.confirmed.insert(leaf.clone(), Confirmed::Value(value.clone()));
    }
}

/// Some of the leaves were taken, one by one in an isolation, or as many as one attempt can; the next ones follow.
fn step_taken(lane: &mut Lane, sent: &Sent, started_at: Millis, now: Millis) {
    let in_doubt = lane.suspect_until.filter(|until| started_at < *until);
    if in_doubt.is_none() {
        no_longer_in_doubt(lane, sent);
        // Everything that is owed goes out from here on, and nothing that was lost can land any more.
        if lane.step.is_none() {
            lane.suspect_until = None;
        }
    }
    match (sent.partial, in_doubt) {
        (Partial::No | Partial::Leaves, _) => {
            move_step(lane, sent);
            lane.ready(now);
        }
        // The set itself is not done: it comes next again, with fewer members to remove.
        (Partial::Members, None) => {
            stay_at_set(lane, sent);
            lane.ready(now);
        }
        // A lost request may bring the members back, so that none counts as removed before it cannot land any longer.
        (Partial::Members, Some(until)) => {
            stay_at_set(lane, sent);
            lane.wait(WaitCause::Verify, until);
        }
    }
}

/// The set is the first of what is left.
fn stay_at_set(lane: &mut Lane, sent: &Sent) {
    if lane.step.is_none() {
        lane.step = sent.payload.first().map(|(_, version)| (*version, None));
    }
}

fn confirmed(lane: &mut Lane, sent: &Sent, started_at: Millis, now: Millis) {
    if mutation::is_on(Mutation::AcknowledgeForgetsNewer) {
        lane.want = lane.sent;
    }
    lane.acked = lane.sent;
    let since = if mutation::is_on(Mutation::SuspicionEndsWithAnswer) { now } else { started_at };
    let clean = lane.suspect_until.is_none_or(|until| since >= until);
    if clean {
        lane.floor = lane.sent;
        lane.suspect_until = None;
        no_longer_in_doubt(lane, sent);
    }
    match lane.suspect_until {
        _ if lane.want > lane.sent => lane.ready(now),
        Some(until) => lane.wait(WaitCause::Verify, until),
        None => lane.rest(),
    }
}

/// Nothing that is still under way can undo what was sent.
fn no_longer_in_doubt(lane: &mut Lane, sent: &Sent) {
    for (leaf, version) in &sent.payload {
        // A set of which a part was sent stays held, and with it owed.
        if sent.partial != Partial::Members
            && lane.held.get(leaf).is_some_and(|hold| hold.version == *version)
        {
            lane.held.remove(leaf);
        }
    }
    for (leaf, members) in &sent.members {
        lane.confirmed.insert(leaf.clone(), Confirmed::Members(members.clone()));
    }
}

fn failed(lane: &mut Lane, failure: &Failure, now: Millis) {
    if lane.last_class != Some(failure.class) {
        lane.attempt = 0;
    }
    if failure.counted {
        lane.attempt += 1;
        lane.first_fail_at.get_or_insert(now);
    }
    lane.last_class = Some(failure.class);
    lane.last_status = failure.status;
    release(lane, failure.release_subject);
    lane.wait(failure.cause, failure.next_at);
}

fn release(lane: &mut Lane, release_subject: bool) {
    if release_subject && !lane.pinned {
        lane.subject_key = None;
    }
}

/// Every rejection shrinks the payload, meets a newer value, or blocks.
fn rejected(lane: &mut Lane, facts: &Facts<'_>, sent: &Sent, named: &[Leaf], now: Millis) {
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
        move_step(lane, sent);
    }
}

fn move_step(lane: &mut Lane, sent: &Sent) {
    lane.step = sent.payload.last().map(|(leaf, version)| (*version, Some(leaf.clone())));
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sent {{ payload: {:?} }}", self.payload)
    }
}
