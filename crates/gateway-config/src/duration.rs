//! Durations as people write and read them, and points in time relative to now.

use std::time::Duration;

use delivery::Millis;
use jiff::{Span, SpanRelativeTo, Timestamp};

/// Reads how long something lasts: `500ms`, `15s`, `1m 30s`, `30d`, or as ISO 8601 writes it, `PT15S`. A day has 24 hours. None for
/// anything else, a month or a negative duration.
pub fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

/// How long it is from one point in time to another, roughly: "12 s", "3 min", "2 h", "5 d".
pub fn span(from: Millis, to: Millis) -> String {
    let seconds = (to - from).max(0) / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long ago or ahead a point in time is, roughly: "5 min ago", "in 15 min".
pub fn from_now(at: Millis, now: Millis) -> String {
    if at > now { format!("in {}", span(now, at)) } else { format!("{} ago", span(at, now)) }
}

/// A sentence with its points in time as people say them: "at 2026-11-21T08:20:00Z" reads "in 15 min".
pub fn spoken(sentence: &str, now: Millis) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        let bare = word.trim_end_matches([',', ';']);
        let Ok(at) = bare.parse::<Timestamp>() else {
            words.push(word.to_owned());
            continue;
        };
        words.pop_if(|before| before == "at");
        words.push(from_now(at.as_millisecond(), now) + &word[bare.len()..]);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_its_times_as_people_do() {
        let now = "2026-11-21T08:05:00Z".parse::<Timestamp>().expect("a time").as_millisecond();
        for (written, told) in [
            ("tried again at 2026-11-21T08:20:00Z", "tried again in 15 min"),
            ("sent at 2026-11-21T08:05:09.5Z, when the pause", "sent in 9 s, when the pause"),
            ("x; tried by itself at 2026-11-21T08:00:00Z", "x; tried by itself 5 min ago"),
            ("look at 7 at 2026-11-21T09:05:00Z; that at", "look at 7 in 60 min; that at"),
            ("version 1 since 2026-11-21T08:00:00Z (kept)", "version 1 since 5 min ago (kept)"),
            ("nothing at all", "nothing at all"),
        ] {
            assert_eq!(spoken(written, now), told);
        }
    }

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
