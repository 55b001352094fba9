//! What a vendor says of the future of its call: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and headers of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{Dialect, Speaker, VendorResponse, redact::cleaned};

/// A call that its vendor will withdraw. Nothing follows from it but a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deprecation {
    /// Since when the call is deprecated, in seconds since the Unix epoch; none where the vendor does not say.
    pub since: Option<i64>,
    /// From when on the call may not answer any more, likewise.
    pub sunset: Option<i64>,
    /// The vendor's own words, one line of at most 200 characters. They are a stranger's: whoever keeps them takes out what is
    /// private first.
    pub says: Option<String>,
}

/// What an answer says of the call that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Nothing: nobody knows whether the vendor itself has written it.
    Unheard,
    /// The vendor has answered, and does not warn.
    None,
    /// The vendor warns.
    Deprecated(Deprecation),
}

impl Notice {
    /// Reads an answer, whatever its status. Only one that the vendor's API itself has written counts
    /// ([`VendorResponse::speaker`]): an intermediary may have a sunset of its own.
    ///
    /// A date that cannot be read is a warning without one.
    pub fn read(response: &VendorResponse, dialect: &Dialect) -> Self {
        if response.speaker() != Speaker::Api {
            return Self::Unheard;
        }
        let said = |name| response.headers(name).map(str::trim).filter(|text| !text.is_empty());
        let is_no = |text: &&str| matches!(text.to_ascii_lowercase().as_str(), "false" | "?0");
        let deprecated: Vec<&str> = said("deprecation").filter(|text| !is_no(text)).collect();
        let sunset: Vec<&str> = said("sunset").collect();
        let own: Vec<String> = dialect.warnings.iter().flat_map(|name| said(name)).map(cleaned).collect();
        if deprecated.is_empty() && sunset.is_empty() && own.is_empty() {
            return Self::None;
        }
        // Of several dates the earliest is the one to be ready for.
        let earliest = |texts: &[&str]| texts.iter().filter_map(|text| date(text)).min();
        Self::Deprecated(Deprecation {
            since: earliest(&deprecated),
            sunset: earliest(&sunset),
            says: own.into_iter().find(|text| !text.is_empty()),
        })
    }
}

impl Deprecation {
    /// Whether both name the same days: a time of day is often that of the answer, and words may be put otherwise.
    pub fn is_as(&self, other: &Self) -> bool {
        (day(self.since), day(self.sunset)) == (day(other.since), day(other.sunset))
    }

    /// Whether the call ends on an earlier day than the other says, or on one at all.
    pub fn ends_before(&self, other: &Self) -> bool {
        let last = |one: &Self| day(one.sunset).unwrap_or(i64::MAX);
        last(self) < last(other)
    }
}

fn day(seconds: Option<i64>) -> Option<i64> {
    seconds.map(|seconds| seconds.div_euclid(24 * 60 * 60))
}

/// A moment in seconds since the Unix epoch: `@1688169599` (RFC 9745), an HTTP date (RFC 8594), and what is sent in their place, a
/// time or a day in the form of RFC 3339. None before 1970 or after 9999.
fn date(text: &str) -> Option<i64> {
    let seconds = match text.strip_prefix('@') {
        Some(digits) => digits.parse().ok()?,
        None => of_http(text).or_else(|| of_rfc_3339(text))?,
    };
    Timestamp::from_second(seconds).ok().filter(|at| *at >= Timestamp::UNIX_EPOCH).map(Timestamp::as_second)
}

fn of_http(text: &str) -> Option<i64> {
    let time: SystemTime = httpdate::parse_http_date(text).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

fn of_rfc_3339(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    let day: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Means;

    const DIALECT: Dialect = Dialect {
        vendor: "example",
        page: "",
        auth: &[],
        subjects: &[],
        fields: &[],
        open_fields: None,
        unsupported: &[],
        success_means: Means::Applied,
        requests_per_second: 1.0,
        warnings: &["X-Warning"],
    };

    fn read(status: u16, headers: &[(&str, &str)], body: &str) -> Notice {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Notice::read(&VendorResponse { status, headers, body: body.into() }, &DIALECT)
    }

    fn deprecated(since: Option<i64>, sunset: Option<i64>) -> Notice {
        Notice::Deprecated(Deprecation { since, sunset, says: None })
    }

    #[test]
    fn the_standard_headers_are_a_warning_with_their_dates() {
        // The examples of RFC 9745 section 2.1 and RFC 8594 section 3.
        let since = ("Deprecation", "@1688169599");
        let sunset = ("Sunset", "Sat, 31 Dec 2018 23:59:59 GMT");
        for status in [200, 404, 422, 500] {
            assert_eq!(read(status, &[since], "{}"), deprecated(Some(1_688_169_599), None));
            assert_eq!(
                read(status, &[("sunset", "Mon, 31 Dec 2018 23:59:59 GMT")], "{}"),
                deprecated(None, Some(1_546_300_799))
            );
        }
        assert!(
            matches!(read(200, &[since, sunset], "{}"), Notice::Deprecated(found) if found.since.is_some())
        );
        assert_eq!(read(200, &[("Sunset", "2027-12-31")], "{}"), deprecated(None, Some(1_830_211_200)));
        assert_eq!(
            read(200, &[("Sunset", "2027-12-31T00:00:00Z")], "{}"),
            deprecated(None, Some(1_830_211_200))
        );
        let two = [("Sunset", "2027-12-31"), ("Sunset", "2027-01-01")];
        assert_eq!(read(200, &two, "{}"), deprecated(None, Some(1_798_761_600)), "the earlier counts");
    }

    #[test]
    fn a_date_that_cannot_be_read_is_a_warning_without_one() {
        for text in [
            "soon",
            "@",
            "@x",
            "@-5",
            "@99999999999999999999",
            "true",
            "?1",
            "Mon, 99 Dec 2018 23:59:59 GMT",
            "2027-13-01",
        ] {
            assert_eq!(read(200, &[("Deprecation", text)], "{}"), deprecated(None, None), "{text}");
        }
        for text in ["false", "?0", "", " "] {
            assert_eq!(read(200, &[("Deprecation", text)], "{}"), Notice::None, "{text}");
        }
    }

    #[test]
    fn a_vendors_own_header_is_a_warning_in_its_words_cleaned_and_cut() {
        let long = format!("old\u{7}\n {}", "word ".repeat(999));
        let Notice::Deprecated(found) = read(200, &[("x-warning", &long)], "{}") else { panic!("a warning") };
        let says = found.says.expect("words");
        assert!(says.starts_with("old word") && says.chars().count() <= 200, "{says}");
        assert!(!says.contains(char::is_control), "{says}");
        assert_eq!(read(200, &[("x-other", "old")], "{}"), Notice::None);
    }

    #[test]
    fn who_is_not_the_vendor_warns_of_nothing() {
        for body in ["", "<html>", r#"{"message":"Forbidden"}"#, "404 page not found"] {
            assert_eq!(read(404, &[("Sunset", "2027-12-31")], body), Notice::Unheard, "{body}");
        }
    }

    #[test]
    fn days_are_compared_and_not_the_time_of_the_answer() {
        let of = |since, sunset| Deprecation { since, sunset, says: None };
        let noon = of(Some(43_200), Some(86_400 + 43_200));
        assert!(noon.is_as(&of(Some(1), Some(86_401))) && !noon.is_as(&of(Some(1), Some(2 * 86_400))));
        assert!(!noon.is_as(&of(Some(1), None)) && noon.ends_before(&of(None, None)));
        assert!(noon.ends_before(&of(None, Some(2 * 86_400))) && !noon.ends_before(&of(None, Some(86_400))));
    }
}
