use super::{
    Again, Confirmed, Effect, Facts, Failure, FailureClass, Lane, Outcome, Partial, Rearm, Sent, Settle,
    State, WaitCause, claim::nothing_to_send, owed::owed, rearm, reject, slots::Suspect,
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
    let Settle { started_at, sent, outcome, is_partly_applied, .. } = settle;
    if is_partly_applied && !matches!(outcome, Outcome::Ok { .. }) && !mutation::is_on(Mutation::HalfIsNone) {
        lane.slots.doubt(sent.all());
    }
    match outcome {
        Outcome::Ok { witness, unverified } => {
            let sent = if mutation::is_on(Mutation::ConfirmAtSettle) { as_of_now(sent, facts) } else { sent };
            let lost_part = succeed(lane, &sent, started_at, now);
            lane.witness = lane.witness.take().or(witness);
            lane.unverified = unverified;
            match lane.suspect_until.filter(|_| lost_part) {
                // A lost request may bring the members back, so that none counts as removed before it cannot land any longer.
                Some(until) => lane.wait(WaitCause::Verify, until),
                None => go_on(lane, facts, sent.partial != Partial::No, now),
            }
        }
        Outcome::NothingToSend => {
            lane.slots.void(&sent.payload);
            lane.slots.land();
            go_on(lane, facts, sent.partial != Partial::No, now);
        }
        Outcome::NotApplied { failure } => {
            lane.slots.land();
            failed(lane, &failure, now);
        }
        Outcome::Unknown { failure, suspect_until } => {
            lose(lane, &sent, suspect_until);
            failed(lane, &failure, now);
        }
        Outcome::Rejected { named, status } => {
            lane.slots.land();
            lane.attempt = 0;
            lane.first_fail_at = None;
            lane.dirty_since.get_or_insert(now);
            lane.last_class = Some(FailureClass::Invalid);
            lane.last_status = status;
            reject::reject(lane, facts, &sent, &named, now);
        }
        Outcome::Blocked { reason, class, status, release_subject, suspect_until } => {
            match suspect_until {
                Some(until) => lose(lane, &sent, until),
                None => lane.slots.land(),
            }
            lane.last_class = Some(class);
            lane.last_status = status;
            release(lane, release_subject);
            lane.block(reason, Vec::new(), now);
        }
    }
    match std::mem::take(&mut lane.again) {
        Again::None => Effect::Done,
        Again::Look => {
            look_again(lane, now);
            Effect::Done
        }
        Again::Retry => {
            // More may have been accepted meanwhile, too.
            look_again(lane, now);
            rearm::rearm(lane, facts, &Rearm::Retry, now)
        }
        Again::Resync => rearm::rearm(lane, facts, &Rearm::Resync, now),
    }
}

/// Takes note of what was confirmed; whether a part of a set was, which a lost request may undo.
fn succeed(lane: &mut Lane, sent: &Sent, started_at: Millis, now: Millis) -> bool {
    lane.attempt = 0;
    lane.first_fail_at = None;
    lane.last_class = None;
    lane.last_status = None;
    // It was confirmed where the route does not lead any more.
    if sent.place != lane.place && !mutation::is_on(Mutation::PlaceNotCompared) {
        lane.slots.doubt(sent.all());
        lane.slots.land();
        return false;
    }
    lane.pinned = true;
    let since = if mutation::is_on(Mutation::SuspicionEndsWithAnswer) { now } else { started_at };
    let suspect = match lane.suspect_until {
        Some(until) if since < until && lane.is_blind => Suspect::All,
        Some(until) if since < until => Suspect::Doubtful,
        _ => Suspect::No,
    };
    let mut lost_part = false;
    for assertion in sent.all() {
        let members = sent.members.get(&assertion.leaf);
        let is_part = members.is_some() && sent.partial == Partial::Members;
        let lost = if is_part {
            lane.slots.confirm_part(assertion, suspect, now)
        } else {
            lane.slots.confirm(assertion, suspect, now)
        };
        lost_part |= is_part && lost;
        if let Some(members) = members.filter(|_| !lost) {
            lane.confirmed.insert(assertion.leaf.clone(), Confirmed::Members(members.clone()));
        }
        let is_held = |hold: &super::Hold| {
            hold.version == assertion.version && hold.way.is_none_or(|way| way == assertion.way)
        };
        // A set of which a part was sent stays held, and with it owed.
        if !is_part && lane.held.get(&assertion.leaf).is_some_and(is_held) {
            lane.held.remove(&assertion.leaf);
        }
    }
    for (leaf, value) in &sent.required {
        lane.confirmed.insert(leaf.clone(), Confirmed::Value(value.clone()));
    }
    lane.slots.land();
    lost_part
}

/// A seeded bug: what is confirmed is taken from the profile as it is by now.
fn as_of_now(mut sent: Sent, facts: &Facts<'_>) -> Sent {
    for assertion in &mut sent.payload {
        if let Some(present) = facts.carried.get(&assertion.leaf) {
            *assertion = present.clone();
        }
    }
    sent
}

/// What comes next: what is still owed, the end of a doubt, or rest.
fn go_on(lane: &mut Lane, facts: &Facts<'_>, is_partial: bool, now: Millis) {
    let owes = match facts.is_known {
        true => !owed(lane, facts, now).is_empty(),
        // A claim finds out.
        false => is_partial || lane.isolating_since.is_some() || can_end_doubt(lane, now),
    };
    if owes {
        lane.ready(now);
    } else {
        nothing_to_send(lane, facts, now);
    }
}

/// Whether something is in doubt that no lost request can change any more.
fn can_end_doubt(lane: &Lane, now: Millis) -> bool {
    lane.suspect_until.is_some_and(|until| now >= until) && lane.slots.iter().any(|slot| slot.in_doubt)
}

/// Something was accepted or configured meanwhile, so that more may be owed.
fn look_again(lane: &mut Lane, now: Millis) {
    if let State::Idle | State::Wait(WaitCause::Verify | WaitCause::HoldRetry) | State::Blocked(_) =
        lane.state
    {
        lane.dirty_since.get_or_insert(now);
        lane.ready(now);
    }
}

/// Nobody knows whether the attempt was applied, or will be.
fn lose(lane: &mut Lane, sent: &Sent, until: Millis) {
    if !mutation::is_on(Mutation::UnknownIsNotInDoubt) {
        lane.suspect_until = lane.suspect_until.max(Some(until));
        lane.slots.doubt(sent.all());
    }
    lane.slots.land();
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
