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
    /// Reads the header; none when there is none, or when it is neither delay-seconds nor an HTTP date.
    ///
    /// Of two headers the later time counts. A date is taken relative to the answer's own `Date`, so that neither clock
    /// has to be right.
    pub fn read(response: &VendorResponse) -> Option<Self> {
        let date = response.headers("date").find_map(|text| httpdate::parse_http_date(text).ok());
        response.headers("retry-after").filter_map(|text| Self::parse(text, date)).max_by_key(|after| {
            match after {
                RetryAfter::Delay(delay) => *delay,
                RetryAfter::At(_) => LONGEST,
            }
        })
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
        let text = text.trim_matches([' ', '\t']);
        if (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            return text
                .parse()
                .ok()
                .map(|seconds| RetryAfter::Delay(Duration::from_secs(seconds).min(LONGEST)));
        }
        let time = httpdate::parse_http_date(text).ok()?;
        match date {
            Some(date) => time.duration_since(date).ok().map(|delay| RetryAfter::Delay(delay.min(LONGEST))),
            None => Some(RetryAfter::At(time)),
        }
    }
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
    fn delay_seconds_are_digits_only() {
        assert_eq!(read(&[("Retry-After", "120")]), seconds(120));
        assert_eq!(read(&[("retry-after", " 0 ")]), seconds(0));
        for text in ["-5", "1.5", "1e3", "+3", "", "soon", "12345678901", "0x10"] {
            assert_eq!(read(&[("Retry-After", text)]), None, "{text}");
        }
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
        assert_eq!(read(&[("Retry-After", "9999999999")]), seconds(86_400));
        assert_eq!(read(&[("Retry-After", "5"), ("Retry-After", "9"), ("Retry-After", "7")]), seconds(9));
        let far = read(&[("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")]).expect("a date");
        assert_eq!(far.delay(SystemTime::now()), Some(LONGEST));
        assert_eq!(RetryAfter::At(SystemTime::UNIX_EPOCH).delay(SystemTime::now()), None);
    }
}
