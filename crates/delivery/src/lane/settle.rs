use super::{
    Again, Confirmed, Effect, Facts, Failure, FailureClass, Lane, Outcome, Partial, Rearm, Sent, Settle,
    State, WaitCause, rearm, reject,
};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

pub(super) fn settle(lane: &mut Lane, facts: &Facts<'_>, settle: Settle, now: Millis) -> Effect {
    let is_stale = lane.epoch != settle.epoch && !mutation::is_on(Mutation::AcknowledgeWithoutEpoch);
    if lane.state != State::InFlight || is_stale {
        return Effect::Stale;
    }
    let Settle { started_at, sent, outcome, .. } = settle;
    match outcome {
        Outcome::Ok { witness, unverified } => {
            succeed(lane, &sent, now);
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
            lane.dirty_since.get_or_insert(now);
            lane.last_class = Some(FailureClass::Invalid);
            lane.last_status = status;
            reject::reject(lane, facts, &sent, &named, now);
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

fn succeed(lane: &mut Lane, sent: &Sent, now: Millis) {
    // A set of which a part was sent is not confirmed.
    if sent.partial != Partial::Members {
        lane.confirmations.note(&sent.payload, now);
    }
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
        Some(until) => lane.wait_in_doubt(until),
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
    // Nobody knows any more whether what was only in doubt is still there.
    lane.dirty_since.get_or_insert(now);
    release(lane, failure.release_subject);
    lane.wait(failure.cause, failure.next_at);
}

fn release(lane: &mut Lane, release_subject: bool) {
    if release_subject && !lane.pinned {
        lane.subject_key = None;
    }
}
/// An isolation, or what takes several attempts, goes on after what was sent.
pub(super) fn move_step(lane: &mut Lane, sent: &Sent) {
    lane.step = sent.payload.last().map(|(leaf, version)| (*version, Some(leaf.clone())));
}
