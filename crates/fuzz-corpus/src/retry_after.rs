//! `Retry-After`: digits or a date, at most a day, and a pause whatever else it says.

use std::time::{Duration, SystemTime};

use adapter::RetryAfter;

use crate::answer;

const DAY: u64 = 86_400;

/// Reads the headers of `data` and compares with the rule where the rule is plain.
pub fn target(data: &[u8]) {
    let response = answer::read(data);
    let read = RetryAfter::read(&response);
    if let Some(after) = read {
        for now in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)] {
            let delay = after.delay(now);
            assert!(
                delay.is_none_or(|delay| !delay.is_zero() && delay.as_secs() <= DAY),
                "a delay out of bounds"
            );
        }
    }
    let values: Vec<&str> =
        response.headers("retry-after").map(|text| text.trim_matches([' ', '\t'])).collect();
    let [value] = values.as_slice() else { return };
    if (1..10).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit()) {
        let seconds = value.bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        assert_eq!(read, Some(delay(seconds)), "delay-seconds are read otherwise");
    }
    if read.is_none() {
        // A date, or a number that is one, that has passed by the answer's own clock.
        let is_past = response.headers("date").next().is_some() && value.len() >= 10;
        assert!(value.trim().is_empty() || is_past, "a value is passed over");
    }
    let dates: Vec<&str> = response.headers("date").collect();
    match (fixdate(value), dates.as_slice()) {
        (Some(at), []) => {
            assert_eq!(read, Some(RetryAfter::At(SystemTime::UNIX_EPOCH + Duration::from_secs(at))));
        }
        (Some(at), [date]) => {
            let Some(date) = fixdate(date) else { return };
            assert_eq!(read, at.checked_sub(date).map(delay), "a date is read otherwise");
        }
        _ => {}
    }
}

fn delay(seconds: u64) -> RetryAfter {
    RetryAfter::Delay(Duration::from_secs(seconds.min(DAY)))
}

/// The seconds since 1970 of an IMF-fixdate (RFC 9110 section 5.6.7) that exists; none for every other text.
fn fixdate(text: &str) -> Option<u64> {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<u64>().ok()
    };
    let marks = [(3, ", "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":"), (25, " GMT")];
    if text.len() != 29 || !marks.iter().all(|(at, mark)| text.get(*at..at + mark.len()) == Some(*mark)) {
        return None;
    }
    let (day, year) = (number(5, 7)?, number(12, 16).filter(|year| *year >= 1970)?);
    let month = MONTHS.iter().position(|month| text.get(8..11) == Some(*month))?;
    let (hour, minute, second) = (number(17, 19)?, number(20, 22)?, number(23, 25)?);
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=lengths[month]).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let days = years + lengths[..month].iter().sum::<u64>() + day - 1;
    let weekday = DAYS[usize::try_from(days % 7).ok()?];
    (text.get(..3) == Some(weekday)).then_some(days * DAY + hour * 3600 + minute * 60 + second)
}
