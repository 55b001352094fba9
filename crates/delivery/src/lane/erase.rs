use super::{Effect, Lane, State, Version};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// Forgets the person. The row stays, so that an answer that comes late finds another epoch and a new incarnation cannot
/// be overtaken by a request of the old one.
pub(super) fn erase(lane: &mut Lane, version: Version, window: Millis, now: Millis) -> Effect {
    let in_flight = lane.state == State::InFlight;
    let suspect_until =
        if in_flight { lane.suspect_until.max(Some(now + window)) } else { lane.suspect_until };
    *lane = Lane {
        state: State::Erased,
        epoch: lane.epoch + u64::from(!mutation::is_on(Mutation::EraseWithoutEpoch)),
        want: version,
        sent: version,
        acked: version,
        floor: version,
        suspect_until,
        last_send_at: lane.last_send_at,
        ..Lane::default()
    };
    Effect::Done
}

impl Lane {
    /// The lane of a new incarnation of an erased user: nothing is owed yet, and what was suspect is so from now on. When
    /// the request was lost is not known any more: processes may have ended since, and clocks been set.
    pub fn revive(&mut self, window: Millis, now: Millis) {
        if self.state == State::Erased {
            self.state = State::Idle;
            self.suspect_until = self.suspect_until.map(|_| now + window);
        }
    }
}
