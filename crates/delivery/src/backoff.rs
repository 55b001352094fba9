use std::sync::atomic::{AtomicU64, Ordering};

use crate::Millis;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// After this time of failures in a row a lane is blocked.
pub(crate) const EXPIRES_AFTER: Millis = 28 * DAY;

/// A source of evenly spread fractions in `[0, 1)`, seeded at the rim.
pub trait Jitter: Send + Sync + std::fmt::Debug {
    /// The next fraction.
    fn next(&self) -> f64;
}

/// A stream of fractions that is the same for the same seed.
#[derive(Debug)]
pub struct SeededJitter(AtomicU64);

impl SeededJitter {
    /// Starts the stream.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Jitter for SeededJitter {
    fn next(&self) -> f64 {
        let step = self.0.fetch_add(seeded::STEP, Ordering::Relaxed).wrapping_add(seeded::STEP);
        seeded::fraction(seeded::mix(step))
    }
}

/// How long to wait after the `attempt`-th failure in a row of a lane that has failed for `age`: 2 s doubled each time, at
/// most 15 minutes, later an hour and six hours. Half of it is fixed and half spread by `jitter` in `[0, 1)`, so that the
/// lanes of an outage come back apart and never at once.
pub fn lane_backoff(attempt: u32, age: Millis, jitter: f64) -> Millis {
    let cap = match age {
        age if age >= 7 * DAY => 6 * HOUR,
        age if age >= DAY => HOUR,
        _ => 15 * MINUTE,
    };
    let full = (2 * SECOND).saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(cap);
    spread(full, jitter)
}

/// The steps of a schedule, the last one for ever; half fixed and half spread.
pub(crate) fn step(schedule: &[Millis], tries: u32, jitter: f64) -> Millis {
    let at = usize::try_from(tries).unwrap_or(usize::MAX).min(schedule.len().saturating_sub(1));
    spread(schedule.get(at).copied().unwrap_or(MINUTE), jitter)
}

/// Before a person who is not known is asked for again: the user may be created at the vendor meanwhile.
pub(crate) const NOT_FOUND: [Millis; 5] = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY];
/// Before a conflict is tried again.
pub(crate) const CONFLICT: [Millis; 3] = [SECOND, 3 * SECOND, 5 * SECOND];
/// Before a person whom the vendor has never known is asked for once more.
pub(crate) const NEVER_KNOWN: Millis = 10 * MINUTE;
/// Between the probes of a route whose credential is refused.
pub(crate) const AUTH_PROBES: [Millis; 5] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR];
/// Between the probes of a route whose TLS fails.
pub(crate) const TLS_PROBE: Millis = 5 * MINUTE;
/// Between the probes of a route that answers as if wrongly configured.
pub(crate) const CONFIG_PROBE: Millis = 15 * MINUTE;

fn spread(full: Millis, jitter: f64) -> Millis {
    let half = full / 2;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most six hours")]
    let random = (half as f64 * jitter.clamp(0.0, 1.0)) as Millis;
    half + random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_cap_that_grows_with_the_age_of_the_failure() {
        let least = |attempt, age| lane_backoff(attempt, age, 0.0);
        assert_eq!([1, 2, 3].map(|attempt| least(attempt, 0)), [SECOND, 2 * SECOND, 4 * SECOND]);
        assert_eq!(least(40, 0), 15 * MINUTE / 2);
        assert_eq!(least(40, DAY), HOUR / 2);
        assert_eq!(least(40, 7 * DAY), 3 * HOUR);
        assert_eq!(lane_backoff(1, 0, 0.999), 1_999);
    }

    #[test]
    fn a_schedule_stays_at_its_last_step() {
        assert_eq!(step(&CONFLICT, 99, 1.0), 2_500 + 2_500);
    }
}
