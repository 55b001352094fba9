use super::{Effect, Lane, State};
use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// Forgets the person. The row stays, so that an answer that comes late finds another epoch and a new incarnation cannot
/// be overtaken by a request of the old one.
pub(super) fn erase(lane: &mut Lane, window: Millis, queued: Option<Millis>, now: Millis) -> Effect {
    let in_flight = (lane.state == State::InFlight).then_some(now + window);
    let last = lane.last_send_at.filter(|_| !mutation::is_on(Mutation::EraseForgetsTheQueue));
    let in_queue = queued.filter(|queued| last.is_some_and(|last| now - last < *queued));
    let suspect_until = lane.suspect_until.max(in_flight).max(in_queue.map(|queued| now + queued));
    *lane = Lane {
        state: State::Erased,
        epoch: lane.epoch + u64::from(!mutation::is_on(Mutation::EraseWithoutEpoch)),
        suspect_until,
        is_blind: suspect_until.is_some(),
        last_send_at: lane.last_send_at,
        revision: lane.revision,
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
