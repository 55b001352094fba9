use std::time::{Duration, SystemTime};

use crate::VendorResponse;

/// When a vendor asks to be called again (RFC 9110 section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this time.
    Delay(Duration),
    /// At this time by the vendor's clock, which the answer did not show.
    At(SystemTime),
}

/// The longest delay that is believed: a daily quota is real, more is a mistake.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl RetryAfter {
    /// Reads the header; none when there is none.
    ///
    /// Beside the two forms of the RFC, what vendors and intermediaries send in their place is read: the moment as a Unix time, in
    /// seconds or milliseconds; a fraction; a unit; a list, of which the latest counts, as of two headers. A date is taken relative to
    /// the answer's own `Date`, so that neither clock has to be right. A value that cannot be read is a pause all the same.
    pub fn read(response: &VendorResponse) -> Option<Self> {
        let date = response.headers("date").find_map(|text| httpdate::parse_http_date(text).ok());
        response.headers("retry-after").filter_map(|text| Self::parse(text.trim(), date)).max_by_key(
            |after| match after {
                RetryAfter::Delay(delay) => *delay,
                RetryAfter::At(_) => LONGEST,
            },
        )
    }

    /// How long to wait from `now`; at most 24 hours, none when the time has passed.
    pub fn delay(self, now: SystemTime) -> Option<Duration> {
        let delay = match self {
            RetryAfter::Delay(delay) => delay,
            RetryAfter::At(time) => time.duration_since(now).ok()?,
        };
        (!delay.is_zero()).then(|| delay.min(LONGEST))
    }

    fn parse(text: &str, date: Option<SystemTime>) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        if let Ok(time) = httpdate::parse_http_date(text) {
            return Self::at(time, date);
        }
        let seconds: Option<Vec<f64>> = text.split(',').map(|part| seconds(part.trim())).collect();
        match seconds {
            Some(all) => Self::of_number(all.into_iter().fold(0.0, f64::max), date),
            None => Some(RetryAfter::Delay(bounded(first_number(text)).max(UNREADABLE))),
        }
    }

    /// A number of seconds, unless it is a moment.
    fn of_number(seconds: f64, date: Option<SystemTime>) -> Option<Self> {
        for unix in [seconds, seconds / 1_000.0] {
            if unix < EARLIEST {
                continue;
            }
            let since = Duration::try_from_secs_f64(unix).unwrap_or(Duration::MAX);
            let Some(time) = SystemTime::UNIX_EPOCH.checked_add(since) else { continue };
            match date {
                // Whether a moment is meant, only another clock can tell.
                None => return Some(RetryAfter::At(time)),
                Some(date) if is_near(time, date) => return Self::at(time, Some(date)),
                Some(_) => {}
            }
        }
        Some(RetryAfter::Delay(bounded(seconds)))
    }

    fn at(time: SystemTime, date: Option<SystemTime>) -> Option<Self> {
        match date {
            Some(date) => time.duration_since(date).ok().map(|delay| RetryAfter::Delay(delay.min(LONGEST))),
            None => Some(RetryAfter::At(time)),
        }
    }
}

/// The pause after a value that cannot be read: vendors count requests by the minute.
const UNREADABLE: Duration = Duration::from_secs(60);
/// The least Unix time that a number is taken for: September 2001.
const EARLIEST: f64 = 1e9;

fn bounded(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(LONGEST).min(LONGEST)
}

fn is_near(one: SystemTime, other: SystemTime) -> bool {
    let apart = one.duration_since(other).unwrap_or_else(|error| error.duration());
    apart <= LONGEST
}

/// A decimal number of seconds, or of the unit that follows it.
fn seconds(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let unit = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" => 0.001,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hour" | "hours" => 3_600.0,
        _ => return None,
    };
    Some(number * unit)
}

fn first_number(text: &str) -> f64 {
    let digits = text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)]) -> Option<RetryAfter> {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        RetryAfter::read(&VendorResponse { status: 429, headers, body: Vec::new() })
    }

    fn seconds(seconds: u64) -> Option<RetryAfter> {
        Some(RetryAfter::Delay(Duration::from_secs(seconds)))
    }

    #[test]
    fn a_number_is_a_delay_in_seconds_or_in_its_unit() {
        for (text, delay) in [
            ("120", 120),
            (" 0 ", 0),
            ("1.5", 2),
            ("2s", 2),
            ("2 seconds", 2),
            ("1500ms", 2),
            ("5 min", 300),
            ("5, 5", 5),
            ("3,17, 5", 17),
            ("12345678901234567890123", 86_400),
        ] {
            let read = read(&[("retry-after", text), ("Date", "Sun, 06 Nov 1994 08:49:07 GMT")]);
            assert_eq!(read, seconds(delay), "{text}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_read_is_a_minute_or_the_number_in_it() {
        for (text, delay) in
            [("soon", 60), ("-5", 60), ("0x10", 60), ("1e3", 60), ("90 apples", 90), ("PT300S", 300)]
        {
            assert_eq!(read(&[("Retry-After", text)]), seconds(delay), "{text}");
        }
        assert_eq!(read(&[("Retry-After", "")]), None);
    }

    #[test]
    fn a_number_that_is_a_moment_near_the_answers_own_date_is_that_moment() {
        // The Unix time of this date is 1700000000.
        let date = ("Date", "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(read(&[("Retry-After", "1700000005"), date]), seconds(5));
        assert_eq!(read(&[("Retry-After", "1700000005000"), date]), seconds(5));
        assert_eq!(read(&[("Retry-After", "1699999990"), date]), None, "it has passed");
        assert_eq!(read(&[("Retry-After", "1800000000"), date]), seconds(86_400), "years away is no moment");
        let without = read(&[("Retry-After", "1700000005")]).expect("a moment");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(without.delay(now), Some(Duration::from_secs(5)));
    }

    #[test]
    fn a_delay_of_nothing_says_no_more_than_no_header() {
        let now = SystemTime::now();
        assert_eq!(RetryAfter::Delay(Duration::ZERO).delay(now), None);
        assert_eq!(RetryAfter::At(now).delay(now), None);
        assert_eq!(RetryAfter::Delay(Duration::from_secs(1)).delay(now), Some(Duration::from_secs(1)));
    }

    #[test]
    fn the_three_date_forms_are_read_against_the_answers_own_date() {
        let date = ("Date", "Sun, 06 Nov 1994 08:49:07 GMT");
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(&[("Retry-After", text), date]), seconds(30), "{text}");
        }
        assert_eq!(read(&[("Retry-After", "Sun, 06 Nov 1994 08:49:00 GMT"), date]), None);
    }

    #[test]
    fn a_day_is_the_longest_delay_and_the_later_of_two_headers_counts() {
        assert_eq!(read(&[("Retry-After", "999999999")]), seconds(86_400));
        assert_eq!(read(&[("Retry-After", "5"), ("Retry-After", "9"), ("Retry-After", "7")]), seconds(9));
        let far = read(&[("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")]).expect("a date");
        assert_eq!(far.delay(SystemTime::now()), Some(LONGEST));
        assert_eq!(RetryAfter::At(SystemTime::UNIX_EPOCH).delay(SystemTime::now()), None);
    }
}
