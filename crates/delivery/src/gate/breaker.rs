use std::collections::{BTreeSet, VecDeque};

use crate::{
    Millis,
    mutation::{self, Mutation},
};

const CONSECUTIVE: u32 = 5;
const DISTINCT_LANES: usize = 3;
const WINDOW: Millis = 30_000;
const SAMPLES: usize = 20;
const FIRST_OPEN: Millis = 5_000;
const LONGEST_OPEN: Millis = 300_000;
/// A lane that failed so often in a row says more about itself than about the route.
const POISON_ATTEMPTS: u32 = 5;

/// Stops sending to a vendor that fails for many users, and tries one request at a time until it works again.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    consecutive: u32,
    lanes: BTreeSet<i64>,
    samples: VecDeque<(Millis, bool)>,
    open_until: Option<Millis>,
    opened: u32,
    probing: bool,
    /// Whether the vendor was heard of.
    known: bool,
}

impl Breaker {
    pub(super) fn admit(&self, now: Millis, busy: bool) -> Result<(), Millis> {
        let Some(until) = self.open_until else { return Ok(()) };
        if now < until {
            return Err(until);
        }
        if self.probing || busy {
            return Err(now + FIRST_OPEN);
        }
        Ok(())
    }

    /// A request goes out: the probe, while the breaker is open.
    pub(super) fn admitted(&mut self) {
        self.probing = self.open_until.is_some();
    }

    pub(super) fn give_back(&mut self) {
        self.probing = false;
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probing
    }

    /// The vendor answers, whatever it says; whether an outage has ended with it.
    pub(super) fn answered(&mut self, now: Millis) -> bool {
        self.note(now, true);
        self.known = true;
        // Fewer lanes say more about themselves than about the route.
        let was_out = self.lanes.len() >= DISTINCT_LANES;
        self.consecutive = 0;
        self.lanes.clear();
        let was_open = self.open_until.take().is_some();
        if was_open {
            self.samples.clear();
            self.opened = 0;
        }
        self.probing = false;
        was_open || was_out
    }

    /// Learns from an attempt without success; whether the breaker has opened because of it.
    pub(super) fn failed(&mut self, counts: bool, lane: i64, attempt: u32, now: Millis, jitter: f64) -> bool {
        let probe = std::mem::take(&mut self.probing);
        if counts && !(attempt >= POISON_ATTEMPTS && self.success_rate() >= 0.9) {
            self.note(now, false);
            self.consecutive += 1;
            self.lanes.insert(lane);
        }
        if (probe && counts) || (self.open_until.is_none() && self.trips()) {
            self.open(now, jitter);
            return true;
        }
        false
    }

    /// One request is tried at once.
    pub(super) fn probe(&mut self, now: Millis) {
        self.open_until = self.open_until.map(|until| until.min(now));
    }

    pub(super) fn open_until(&self) -> Option<Millis> {
        self.open_until
    }

    /// Whether it is open; none before anything was heard of the vendor.
    pub(super) fn is_open(&self) -> Option<bool> {
        (self.known || self.open_until.is_some()).then_some(self.open_until.is_some())
    }

    fn trips(&self) -> bool {
        let distinct = if mutation::is_on(Mutation::BreakerCountsPoisonedLane) { 1 } else { DISTINCT_LANES };
        let in_a_row = self.consecutive >= CONSECUTIVE;
        let often = self.samples.len() >= SAMPLES && self.success_rate() <= 0.5;
        (in_a_row || often) && self.lanes.len() >= distinct
    }

    fn open(&mut self, now: Millis, jitter: f64) {
        let base = (FIRST_OPEN << self.opened.min(6)).min(LONGEST_OPEN);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "at most five minutes"
        )]
        let spread = (base as f64 * 0.4 * (jitter - 0.5)) as Millis;
        self.open_until = Some(now + base + spread);
        self.opened += 1;
    }

    fn note(&mut self, now: Millis, success: bool) {
        self.samples.push_back((now, success));
        while self.samples.front().is_some_and(|(at, _)| now - at > WINDOW) || self.samples.len() > 1_000 {
            self.samples.pop_front();
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "at most a thousand samples")]
    fn success_rate(&self) -> f64 {
        let successes = self.samples.iter().filter(|(_, success)| *success).count();
        if self.samples.is_empty() { 0.0 } else { successes as f64 / self.samples.len() as f64 }
    }
}
