use super::{BlockReason, Effect, FailureClass, Lane, State, WaitCause, rearm};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// Attempts in a row that ended with the process before the lane counts as the cause.
const MOST_STOPS: u32 = 3;
const PAUSE: Millis = 2_000;

/// Every attempt of the last process has an unknown outcome, and every suspicion begins anew, because the time that passed
/// between the two processes is not known.
pub(super) fn start(lane: &mut Lane, window: Millis, now: Millis) -> Effect {
    let in_flight = lane.state == State::InFlight;
    let was_lost = in_flight && !mutation::is_on(Mutation::StartWithoutSuspicion);
    if was_lost || lane.is_suspect() {
        lane.suspect_until = Some(now + window);
    }
    if was_lost {
        lane.slots.lose();
        // A row of an older schema does not say which fields the request writes.
        lane.is_blind |= lane.watermark.is_some();
    }
    lane.slots.land();
    if let State::Wait(WaitCause::Verify) = lane.state {
        lane.next_at = now + window;
    }
    if in_flight {
        // What was asked for during the attempt is done after it.
        let again = std::mem::take(&mut lane.again);
        rearm::owe_again(lane, again, now);
        let stops = if lane.last_class == Some(FailureClass::Internal) { lane.attempt + 1 } else { 1 };
        lane.attempt = stops;
        lane.last_class = Some(FailureClass::Internal);
        lane.last_status = None;
        if stops >= MOST_STOPS {
            lane.block(BlockReason::Internal, Vec::new(), now);
        } else {
            lane.first_fail_at.get_or_insert(now);
            lane.dirty_since.get_or_insert(now);
            lane.wait(WaitCause::Backoff, now + PAUSE);
        }
    }
    Effect::Done
}
