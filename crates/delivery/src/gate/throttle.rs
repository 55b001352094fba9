use std::time::Duration;

use crate::{
    Millis, millis,
    mutation::{self, Mutation},
};

/// The pauses that a vendor asks for, or that something before it makes advisable.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    until: Millis,
    throttles: u32,
    walls: u32,
}

impl Throttle {
    /// Until when nothing is sent, if that is later than `now`.
    pub(super) fn until(&self, now: Millis) -> Option<Millis> {
        (self.until > now).then_some(self.until)
    }

    /// The next pause is as short as the first one.
    pub(super) fn succeeded(&mut self) {
        (self.throttles, self.walls) = (0, 0);
    }

    /// The vendor asked for a pause, of this length if it said so.
    pub(super) fn asked_for(&mut self, delay: Option<Duration>, now: Millis, jitter: f64) {
        if mutation::is_on(Mutation::RetryAfterToLaneOnly) {
            return;
        }
        let delay = match delay {
            Some(delay) => millis(delay),
            // Several answers to requests that were under way together are one word of the vendor.
            None if now < self.until => return,
            None => {
                self.throttles += 1;
                (1_000 << (self.throttles - 1).min(6)).min(60_000)
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most a day")]
        let spread = (delay as f64 * 0.1 * jitter) as Millis;
        self.until = self.until.max(now + delay + spread);
    }

    /// Something stands before the vendor: asked less and less often until it lets a request through.
    pub(super) fn wall(&mut self, now: Millis) {
        if now < self.until {
            return;
        }
        self.until = now + (60_000 << self.walls.min(4)).min(900_000);
        self.walls += 1;
    }
}
