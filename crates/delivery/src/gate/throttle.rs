use std::time::Duration;

use crate::{
    Millis,
    failure::Sample,
    millis,
    mutation::{self, Mutation},
};

/// The pauses that a vendor asks for, or that something before it makes advisable.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    until: Millis,
    cause: PauseCause,
    throttles: u32,
    walls: u32,
    probe: Probe,
}

/// What a route's own pause is for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseCause {
    /// The vendor asked for it.
    #[default]
    Vendor,
    /// Something else answered in the vendor's place.
    Intermediary,
}

/// A request that an operator has tried before the pause is over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Probe {
    #[default]
    None,
    Wanted,
    Out,
}

impl Throttle {
    /// Until when nothing is sent, if that is later than `now`.
    pub(super) fn until(&self, now: Millis) -> Option<Millis> {
        (self.until > now).then_some(self.until)
    }

    /// What the pause is for.
    pub(super) fn cause(&self) -> PauseCause {
        self.cause
    }

    /// Whether a request may go out: none before the pause is over but a probe.
    pub(super) fn admit(&mut self, now: Millis, busy: bool) -> Result<(), Millis> {
        match self.until(now) {
            None => self.probe = Probe::None,
            Some(_) if self.probe == Probe::Wanted && !busy => {}
            Some(until) => return Err(until),
        }
        Ok(())
    }

    /// A request goes out: the probe, if one is wanted.
    pub(super) fn admitted(&mut self) {
        if self.probe == Probe::Wanted {
            self.probe = Probe::Out;
        }
    }

    pub(super) fn give_back(&mut self) {
        if self.probe == Probe::Out {
            self.probe = Probe::Wanted;
        }
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probe == Probe::Out
    }

    /// One request is tried although the vendor has asked for a pause; the one that is out already will do.
    pub(super) fn probe(&mut self) {
        if self.probe == Probe::None {
            self.probe = Probe::Wanted;
        }
    }

    /// An attempt has ended. After a success the next pause is as short as the first one; a pause is over in which a probe was
    /// answered, whatever the answer.
    pub(super) fn ended(&mut self, sample: Sample) {
        if sample == Sample::Success {
            (self.throttles, self.walls) = (0, 0);
        }
        match (self.probe, sample) {
            // Nothing was sent.
            (Probe::Out, Sample::Nothing) => self.probe = Probe::Wanted,
            (Probe::Out, _) => {
                self.probe = Probe::None;
                if sample.is_an_answer() {
                    self.until = 0;
                }
            }
            _ => {}
        }
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
        let until = now + delay + spread;
        // Of two pauses the one that lasts longer says what is waited for.
        if until >= self.until {
            (self.until, self.cause) = (until, PauseCause::Vendor);
        }
    }

    /// Something stands before the vendor: asked less and less often until it lets a request through.
    pub(super) fn wall(&mut self, now: Millis) {
        if now < self.until {
            return;
        }
        self.cause = PauseCause::Intermediary;
        self.until = now + (60_000 << self.walls.min(4)).min(900_000);
        self.walls += 1;
    }
}
