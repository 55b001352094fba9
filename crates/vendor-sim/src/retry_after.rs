//! `Retry-After` in every form a vendor may use (RFC 9110 §10.2.3 and §5.6.7).

use serde::{Deserialize, Serialize};

/// One `Retry-After` header line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Delay in seconds.
    Seconds(u64),
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, this many seconds from now (negative: in the past).
    ImfFixdate(i64),
    /// `Sunday, 06-Nov-94 08:49:37 GMT`.
    Rfc850(i64),
    /// `Sun Nov  6 08:49:37 1994`.
    Asctime(i64),
    /// Anything else: negative numbers, `1e9`, garbage.
    Text(String),
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

impl RetryAfter {
    /// The header value at this moment (seconds since 1970).
    pub fn render(&self, now_unix: i64) -> String {
        let (ahead, form) = match self {
            Self::Seconds(seconds) => return seconds.to_string(),
            Self::Text(text) => return text.clone(),
            Self::ImfFixdate(ahead) => (ahead, 0),
            Self::Rfc850(ahead) => (ahead, 1),
            Self::Asctime(ahead) => (ahead, 2),
        };
        let at = now_unix.saturating_add(*ahead);
        let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let weekday = DAYS[usize::try_from(days.rem_euclid(7)).unwrap_or(0)];
        let short = &weekday[..3];
        let month = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
        let time = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
        match form {
            0 => format!("{short}, {day:02} {month} {year} {time} GMT"),
            1 => format!("{weekday}, {day:02}-{month}-{:02} {time} GMT", year % 100),
            _ => format!("{short} {month} {day:2} {time} {year}"),
        }
    }
}

/// Year, month and day of a day number since 1970 in the Gregorian calendar.
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let index = (5 * of_year + 2) / 153;
    let month = if index < 10 { index + 3 } else { index - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * index + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_date_forms_are_those_of_rfc_9110() {
        let example = 784_111_777;
        assert_eq!(RetryAfter::ImfFixdate(0).render(example), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(RetryAfter::Rfc850(0).render(example), "Sunday, 06-Nov-94 08:49:37 GMT");
        assert_eq!(RetryAfter::Asctime(0).render(example), "Sun Nov  6 08:49:37 1994");
    }

    #[test]
    fn a_leap_day_and_the_past_are_rendered() {
        assert_eq!(RetryAfter::ImfFixdate(0).render(1_709_164_800), "Thu, 29 Feb 2024 00:00:00 GMT");
        assert_eq!(RetryAfter::ImfFixdate(-1).render(0), "Wed, 31 Dec 1969 23:59:59 GMT");
    }

    #[test]
    fn seconds_and_garbage_are_sent_as_they_are() {
        assert_eq!(RetryAfter::Seconds(7).render(0), "7");
        assert_eq!(RetryAfter::Text("-5".to_owned()).render(0), "-5");
    }
}
