use crate::{Millis, Rate};

/// A token bucket: so many requests per second, and as many at once as one second allows, but at least one.
#[derive(Debug)]
pub struct Bucket {
    per_second: Option<f64>,
    tokens: f64,
    filled_at: Millis,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate) -> Self {
        let per_second = match rate {
            Rate::PerSecond(per_second) => Some(per_second),
            Rate::Unlimited => None,
        };
        Self { per_second, tokens: per_second.unwrap_or(0.0).max(1.0), filled_at: 0 }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// When the next one will be there.
    pub fn take(&mut self, now: Millis) -> Result<(), Millis> {
        let Some(per_second) = self.per_second else { return Ok(()) };
        self.fill(per_second, now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, reason = "a rate is at least one request in a day")]
        let wait = ((1.0 - self.tokens) / per_second * 1_000.0).ceil() as Millis;
        Err(now + wait.max(1))
    }

    /// Gives back a token that was not used.
    pub fn give_back(&mut self) {
        if let Some(per_second) = self.per_second {
            self.tokens = (self.tokens + 1.0).min(per_second.max(1.0));
        }
    }

    fn fill(&mut self, per_second: f64, now: Millis) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests")]
        let seconds = (now - self.filled_at).max(0) as f64 / 1_000.0;
        self.tokens = (self.tokens + seconds * per_second).min(per_second.max(1.0));
        self.filled_at = now;
    }
}
