use std::sync::Arc;

use super::{
    Again, BlockReason, Effect, Facts, Lane, Priority, State, WaitCause,
    accept::wake,
    owed::{owed, waits_for_doubt},
};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

const DAY: Millis = 24 * 60 * 60 * 1000;

/// Why an idle, held or blocked lane is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rearm {
    /// An operator asks for another try of what is held or blocked.
    Retry,
    /// An operator asks for everything to be sent again.
    Resync,
    /// The route's mapping or place changed.
    Mapping,
    /// Somebody has seen that these fields do not hold an old value of ours any more, as of this claim.
    KeptNoMore {
        /// The fields' names on the wire; empty: all in which the vendor keeps, or may keep, a value that is not the person's any more.
        slots: Vec<Arc<str>>,
        /// The newest claim of the lane when they were looked at; none: whatever was claimed since.
        epoch: Option<u64>,
    },
    /// The time of a block's own next try has come.
    Due,
    /// The route's credential or configuration changed and works for another user.
    RouteWorks,
    /// The route was paused because of many refusals in a row, this one among them: they say nothing about the lane.
    RoutePaused {
        /// Holds written since then are dropped, and whoever was too large since then is tried again.
        holds_since: Millis,
    },
    /// The user got another subject at the route.
    Identity {
        /// The new subject and its key; none when it was removed.
        subject: Option<(String, String)>,
        /// How long an attempt under the old subject may still change the vendor, in milliseconds.
        window: Millis,
    },
}

pub(super) fn rearm(lane: &mut Lane, facts: &Facts<'_>, rearm: &Rearm, now: Millis) -> Effect {
    if let Rearm::Identity { subject, window } = rearm {
        return change_identity(lane, facts, subject.clone(), *window, now);
    }
    if lane.state == State::InFlight {
        match rearm {
            Rearm::Resync => lane.again = Again::Resync,
            Rearm::Retry => lane.again = lane.again.max(Again::Retry),
            Rearm::Mapping => lane.again = lane.again.max(Again::Look),
            _ => {}
        }
        return Effect::Done;
    }
    match rearm {
        Rearm::Retry => {
            if lane.may_be_tried_again() {
                owe_again(lane, Again::Retry, now);
                again(lane, now);
            }
        }
        Rearm::Mapping => remapped(lane, facts, now),
        Rearm::KeptNoMore { slots, epoch } => {
            if epoch.is_none_or(|epoch| epoch == lane.epoch) {
                lane.slots.forget_kept(slots);
            }
        }
        Rearm::Resync => {
            owe_again(lane, Again::Resync, now);
            again(lane, now);
        }
        Rearm::Due => due(lane, now),
        Rearm::RouteWorks => {
            if lane.state == State::Blocked(BlockReason::Forbidden) {
                again(lane, now);
            }
        }
        Rearm::RoutePaused { holds_since } => {
            drop_holds(lane, *holds_since, now);
            let is_of_the_streak = match lane.state {
                State::Blocked(BlockReason::TooLarge) => lane.last_send_at >= Some(*holds_since),
                State::Blocked(BlockReason::Rejected | BlockReason::Forbidden)
                | State::Idle
                | State::Wait(_) => true,
                _ => false,
            };
            if is_of_the_streak {
                again(lane, now);
            }
        }
        Rearm::Identity { .. } => {}
    }
    Effect::Done
}

/// What is held, or everything, is owed once more.
pub(super) fn owe_again(lane: &mut Lane, again: Again, now: Millis) {
    match again {
        Again::None | Again::Look => {}
        Again::Retry => lane.held.values_mut().for_each(|hold| hold.again = true),
        Again::Resync => {
            lane.slots.forget_ways();
            lane.held.clear();
            lane.priority = Priority::Bulk;
            lane.dirty_since.get_or_insert(now);
        }
    }
}

/// What the mapping owes now is sent, as one of many.
fn remapped(lane: &mut Lane, facts: &Facts<'_>, now: Millis) {
    if let State::Blocked(_) = lane.state {
        return again(lane, now);
    }
    if owed(lane, facts, now).is_empty() || mutation::is_on(Mutation::NoPassAfterReload) {
        if matches!(lane.state, State::Idle | State::Wait(WaitCause::HoldRetry))
            && let Some(until) = lane.suspect_until.filter(|_| waits_for_doubt(lane, facts, now))
        {
            lane.wait_in_doubt(until);
        }
        return;
    }
    lane.dirty_since.get_or_insert(now);
    if lane.state == State::Idle {
        lane.priority = Priority::Bulk;
    }
    wake(lane, now);
}

/// Tries a block whose own time has come: of its kind, or of a leaf whose refusal stops the whole lane.
fn due(lane: &mut Lane, now: Millis) {
    let State::Blocked(reason) = lane.state else { return };
    let since = lane.first_fail_at;
    let of_its_kind =
        is_automatic(reason) && lane.next_at <= now && since.is_none_or(|since| now - since < AUTOMATIC_FOR);
    let mut of_a_leaf = false;
    if reason == BlockReason::Rejected {
        for hold in lane.held.values_mut().filter(|hold| hold.next_try().is_some_and(|next| next <= now)) {
            hold.again = true;
            of_a_leaf = true;
        }
    }
    if of_its_kind || of_a_leaf {
        again(lane, now);
        lane.first_fail_at = since;
    }
}

/// When a block of this kind is tried by itself; 0 when never.
pub(super) fn next_automatic(reason: BlockReason, now: Millis) -> Millis {
    if is_automatic(reason) { now + DAY } else { 0 }
}

fn is_automatic(reason: BlockReason) -> bool {
    matches!(reason, BlockReason::Unaddressable | BlockReason::UnknownAtVendor | BlockReason::SubjectTaken)
}

/// For how long a block is tried by itself.
const AUTOMATIC_FOR: Millis = 28 * DAY;

fn again(lane: &mut Lane, now: Millis) {
    lane.isolating_since = None;
    lane.attempt = 0;
    lane.first_fail_at = None;
    lane.ready(now);
}

/// What was held is owed again.
fn drop_holds(lane: &mut Lane, since: Millis, now: Millis) {
    let before = lane.held.len();
    lane.held.retain(|_, hold| hold.since < since);
    if lane.held.len() < before {
        lane.isolating_since = None;
        lane.dirty_since.get_or_insert(now);
    }
}

fn change_identity(
    lane: &mut Lane,
    facts: &Facts<'_>,
    subject: Option<(String, String)>,
    window: Millis,
    now: Millis,
) -> Effect {
    lane.epoch += 1;
    // What is known of the vendor's copy was known of another subject's. Where there was none, nothing is known but what an
    // erase has left: a lost request.
    if lane.subject.is_some() {
        let Lane { epoch, last_send_at, suspect_until, is_blind, place, revision, .. } = *lane;
        let mut slots = std::mem::take(&mut lane.slots);
        // The subject may come back while a request under it is still on its way.
        let in_flight = (lane.state == State::InFlight).then_some(now + window);
        let suspect_until = suspect_until.max(in_flight);
        slots.forget_place();
        *lane = Lane {
            epoch,
            last_send_at,
            suspect_until,
            is_blind,
            place,
            slots,
            revision,
            known_since: facts.version,
            ..Lane::default()
        };
    }
    let (text, key) = subject.unzip();
    lane.subject = text;
    lane.subject_key = key;
    lane.pinned = false;
    if lane.subject.is_some() && facts.serves && !facts.carried.is_empty() {
        lane.dirty_since.get_or_insert(now);
        lane.ready(now);
    } else {
        lane.state = State::Idle;
        lane.dirty_since = None;
    }
    Effect::Done
}
