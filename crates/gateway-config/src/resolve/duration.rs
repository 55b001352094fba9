use std::time::Duration;

use crate::duration;

/// Between which durations an option may lie, and how they are written in a sentence.
pub(crate) struct Bounds {
    pub(crate) least: Duration,
    pub(crate) most: Duration,
    sentence: &'static str,
}

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Bounds {
    /// How long one request may take.
    pub(crate) const TIMEOUT: Self = Self {
        least: Duration::from_millis(100),
        most: Duration::from_secs(60),
        sentence: "write a timeout of 100ms to 60s, such as \"15s\"",
    };
    /// How long after the timeout a vendor may still apply a request.
    pub(crate) const SETTLE: Self =
        Self { least: Duration::ZERO, most: DAY, sentence: "write a duration of 0s to 24h, such as \"60s\"" };
    /// How long after its answer a vendor may still apply a request.
    pub(crate) const APPLY_WINDOW: Self =
        Self { least: SECOND, most: DAY, sentence: "write a duration of 1s to 24h, such as \"10m\"" };
    /// How long a route may be behind before operators are told.
    pub(crate) const BACKLOG: Self = Self {
        least: Duration::from_secs(60),
        most: Duration::from_secs(30 * 24 * 60 * 60),
        sentence: "write a duration of 1m to 30d, such as \"15m\"",
    };
    /// How long the history is kept.
    pub(crate) const RETENTION: Self = Self {
        least: DAY,
        most: Duration::from_secs(3650 * 24 * 60 * 60),
        sentence: "write a duration of 1d to 3650d, such as \"30d\"",
    };
    /// How long idempotency keys are kept.
    pub(crate) const IDEMPOTENCY: Self = Self {
        least: DAY,
        most: Duration::from_secs(30 * 24 * 60 * 60),
        sentence: "write a duration of 24h to 30d; callers may repeat a request for a day",
    };
}

/// Reads a duration within its bounds.
pub(crate) fn parse(text: &str, bounds: &Bounds) -> Result<Duration, String> {
    let fits = |duration: &Duration| (bounds.least..=bounds.most).contains(duration);
    duration::parse(text).filter(fits).ok_or_else(|| bounds.sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b82_durations_outside_of_their_bounds_are_refused() {
        for text in ["", "0", "0s", "-5s", "5s ago", "15", "1h", "61s", "1mo", "99ms", "NaN", "∞"] {
            assert!(parse(text, &Bounds::TIMEOUT).is_err(), "{text}");
        }
        for text in ["99999999999999999999999s", "9223372036854775807d"] {
            assert!(parse(text, &Bounds::RETENTION).is_err(), "{text}");
        }
        assert!(parse("23h", &Bounds::IDEMPOTENCY).is_err());
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(parse("500ms", &Bounds::TIMEOUT), Ok(Duration::from_millis(500)));
        assert_eq!(parse("1.5s", &Bounds::TIMEOUT), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("1m", &Bounds::TIMEOUT), Ok(Duration::from_secs(60)));
        assert_eq!(parse("0s", &Bounds::SETTLE), Ok(Duration::ZERO));
        assert_eq!(parse("30d", &Bounds::RETENTION), Ok(DAY * 30));
    }
}
