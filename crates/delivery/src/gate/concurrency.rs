use crate::Millis;

const START: f64 = 4.0;

/// How many requests may be under way: grows by one per round of successes at the limit, halves on congestion at most once
/// per request timeout, and starts at one after an outage, doubling per round.
#[derive(Debug)]
pub(super) struct Concurrency {
    ceiling: f64,
    limit: f64,
    in_flight: u32,
    halved_at: Millis,
    timeout: Millis,
    slow_start: bool,
}

impl Concurrency {
    pub(super) fn new(ceiling: u32, timeout: Millis) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        Self {
            ceiling,
            limit: START.min(ceiling),
            in_flight: 0,
            halved_at: Millis::MIN / 2,
            timeout,
            slow_start: false,
        }
    }

    pub(super) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between one and the ceiling"
    )]
    pub(super) fn limit(&self) -> u32 {
        self.limit as u32
    }

    pub(super) fn acquire(&mut self) -> bool {
        let free = self.in_flight < self.limit();
        self.in_flight += u32::from(free);
        free
    }

    pub(super) fn give_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn release(&mut self, congested: bool, success: bool, now: Millis) {
        let at_limit = self.in_flight >= self.limit();
        self.give_back();
        if congested && now - self.halved_at >= self.timeout {
            self.limit = (self.limit / 2.0).max(1.0);
            self.halved_at = now;
            self.slow_start = false;
        } else if success && at_limit {
            let step = if self.slow_start { 1.0 } else { 1.0 / self.limit };
            self.limit = (self.limit + step).min(self.ceiling);
            self.slow_start &= self.limit < self.ceiling / 2.0;
        }
    }

    pub(super) fn restart(&mut self) {
        self.limit = 1.0;
        self.slow_start = true;
    }

    pub(super) fn resize(&mut self, ceiling: u32, timeout: Millis) {
        self.ceiling = f64::from(ceiling.max(1));
        self.limit = self.limit.min(self.ceiling);
        self.timeout = timeout;
    }
}
