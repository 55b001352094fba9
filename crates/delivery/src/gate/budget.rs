use crate::Millis;

const WINDOW: Millis = 60_000;
const SHARE: f64 = 0.2;
const FLOOR_PER_SECOND: f64 = 1.0;

/// Retries may be a fifth of the first attempts of the last minute, and one per second in any case; a retry that works
/// costs nothing, so that a recovered route drains its backlog. What is over the budget stays where it is.
#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    balance: f64,
    at: Millis,
}

impl RetryBudget {
    pub(super) fn allowed(&mut self, now: Millis) -> u32 {
        self.earn(0, now);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between zero and the cap"
        )]
        let whole = self.balance.max(0.0) as u32;
        whole
    }

    pub(super) fn note(&mut self, first: u32, retries: u32, now: Millis) {
        self.earn(first, now);
        self.balance -= f64::from(retries);
    }

    pub(super) fn refund(&mut self) {
        self.balance += 1.0;
    }

    fn earn(&mut self, first: u32, now: Millis) {
        #[expect(clippy::cast_precision_loss, reason = "at most a minute")]
        let seconds = (now - self.at).clamp(0, WINDOW) as f64 / 1_000.0;
        self.at = now;
        let earned = seconds * FLOOR_PER_SECOND + f64::from(first) * SHARE;
        // A minute of the floor is the most that is saved up, beside what first attempts earn.
        self.balance = (self.balance + earned).min(60.0 + f64::from(first) * SHARE);
    }
}
