use canonical::Leaf;

use super::{
    Again, BlockReason, Effect, Facts, Lane, Priority, State, WaitCause,
    owed::{owed, waits_for_doubt},
};
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
    if mutation::is_on(Mutation::AcceptLostWhileRejected)
        && (lane.isolating_since.is_some() || !lane.held.is_empty())
    {
        return Effect::Done;
    }
    let concerns_route = facts.serves && changed.iter().any(|leaf| facts.carried.contains_key(leaf));
    let tried_again = facts.serves && flag_resent(lane, resent, now);
    let owes = !owed(lane, facts, now).is_empty();
    if let State::Blocked(reason) = lane.state {
        let is_named = facts.serves && changed.iter().any(|leaf| lane.blocked_leaves.contains(leaf));
        if rearms(reason, facts, changed, concerns_route || is_named)
            || (tried_again && reason == BlockReason::Rejected)
        {
            lane.attempt = 0;
            lane.first_fail_at = None;
            lane.ready(now);
        }
    } else if owes && lane.state != State::InFlight {
        lane.dirty_since.get_or_insert(now);
        lane.priority = if lane.state == State::Idle { priority } else { lane.priority.min(priority) };
        wake(lane, now);
    } else if concerns_route && lane.state == State::InFlight {
        lane.dirty_since.get_or_insert(now);
        lane.priority = lane.priority.min(priority);
        if !mutation::is_on(Mutation::AcknowledgeForgetsNewer) {
            lane.again = lane.again.max(Again::Look);
        }
    } else if matches!(lane.state, State::Idle | State::Wait(WaitCause::HoldRetry))
        && let Some(until) = lane.suspect_until.filter(|_| waits_for_doubt(lane, facts, now))
    {
        // What was confirmed in doubt is carried again.
        lane.wait_in_doubt(until);
    }
    if facts.serves && lane.state != State::InFlight && !owes && lane.held.is_empty() && is_at_rest(lane) {
        lane.dirty_since = None;
    }
    Effect::Done
}

fn is_at_rest(lane: &Lane) -> bool {
    matches!(lane.state, State::Idle | State::Wait(WaitCause::Verify | WaitCause::HoldRetry))
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
pub(super) fn wake(lane: &mut Lane, now: Millis) {
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
