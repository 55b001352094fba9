use std::time::Duration;

use delivery::Millis;
use jiff::{Span, SpanRelativeTo};

/// Reads how long something lasts: `500ms`, `15s`, `1m 30s`, `30d`, or as ISO 8601 writes it, `PT15S`. A day has 24 hours. None for
/// anything else, a month or a negative duration.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

/// How long it is from one point in time to another, roughly: "12 s", "3 min", "2 h", "5 d".
pub(crate) fn span(from: Millis, to: Millis) -> String {
    let seconds = (to - from).max(0) / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_as_people_write_it_and_never_is_less_than_nothing() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("1m 30s", 90),
            ("1h30m", 5_400),
            ("PT2H", 7_200),
            ("2d", 172_800),
            ("1w", 604_800),
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0", "15", "s", "-5s", "5s ago", "1mo", "1y", "NaN", "∞", "9223372036854775807d"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
