use canonical::Leaf;

use super::{BlockReason, Effect, Facts, Lane, Priority, State, WaitCause, claim};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

pub(super) fn accept(
    lane: &mut Lane,
    facts: &Facts<'_>,
    changed: &[Leaf],
    resent: &[Leaf],
    priority: Priority,
    now: Millis,
) -> Effect {
    if mutation::is_on(Mutation::AcceptLostWhileRejected) && (lane.step.is_some() || !lane.held.is_empty()) {
        return Effect::Done;
    }
    if facts.serves {
        lane.confirmations.forget_all_but(facts.carried.values().copied());
    }
    let concerns_route = facts.serves && changed.iter().any(|leaf| facts.carried.contains_key(leaf));
    let tried_again = facts.serves && flag_resent(lane, resent, now);
    let served_again = facts.serves && owes_at_rest(lane, facts);
    if concerns_route || served_again {
        lane.want = facts.version;
    }
    if concerns_route || served_again || tried_again {
        lane.dirty_since.get_or_insert(now);
        lane.priority = if lane.state == State::Idle { priority } else { lane.priority.min(priority) };
        wake(lane, now);
    }
    if let State::Blocked(reason) = lane.state
        && (rearms(reason, facts, changed, concerns_route)
            || (tried_again && reason == BlockReason::Rejected))
    {
        lane.want = lane.want.max(facts.version);
        lane.attempt = 0;
        lane.first_fail_at = None;
        lane.ready(now);
    }
    Effect::Done
}

/// Whether the route did not serve the user for a while, so that what changed meanwhile was not owed then and is now.
fn owes_at_rest(lane: &Lane, facts: &Facts<'_>) -> bool {
    let owed = claim::owed(lane, facts);
    match lane.state {
        State::Idle => !owed.is_empty(),
        // What was sent already is sent again in its own time.
        State::Wait(WaitCause::Verify | WaitCause::HoldRetry) => {
            owed.iter().any(|(_, version)| *version > lane.sent)
        }
        _ => false,
    }
}

/// Marks held leaves whose value was sent again.
fn flag_resent(lane: &mut Lane, resent: &[Leaf], now: Millis) -> bool {
    let mut flagged = false;
    for leaf in resent {
        if let Some(hold) = lane.held.get_mut(leaf).filter(|hold| hold.may_be_resent(now)) {
            hold.again = true;
            flagged = true;
        }
    }
    flagged
}

/// A backoff is not shortened by new updates: a storm of them would become a storm of requests.
fn wake(lane: &mut Lane, now: Millis) {
    match lane.state {
        State::Idle | State::Wait(WaitCause::Verify | WaitCause::HoldRetry) => lane.ready(now),
        State::Wait(_) if mutation::is_on(Mutation::BackoffResetOnAccept) => lane.ready(now),
        State::Ready | State::InFlight | State::Wait(_) | State::Blocked(_) | State::Erased => {}
    }
}

fn rearms(reason: BlockReason, facts: &Facts<'_>, changed: &[Leaf], concerns_route: bool) -> bool {
    match reason {
        BlockReason::NeedsData => facts.serves && !changed.is_empty(),
        BlockReason::Rejected | BlockReason::TooLarge | BlockReason::Conflict | BlockReason::Expired => {
            concerns_route
        }
        // A new identity comes as an event of its own; only the address of a person can come with an update.
        BlockReason::Unaddressable | BlockReason::UnknownAtVendor | BlockReason::SubjectTaken => {
            changed.contains(&Leaf::Email)
        }
        BlockReason::Forbidden
        | BlockReason::WrongSubject
        | BlockReason::Protocol
        | BlockReason::Internal => false,
    }
}
