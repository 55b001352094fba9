//! How values read on a page.

use delivery::Millis;
use serde::Serialize;
use serde_json::Value;

pub(super) use gateway_config::duration::span;

/// A word of the API in plain text: `route_paused` reads "route paused".
pub(super) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word.replace('_', " "),
        _ => String::new(),
    }
}

/// A point in time to the second, in UTC.
pub(super) fn clock(at: Millis) -> String {
    shown(jiff::Timestamp::from_millisecond(at).unwrap_or_default())
}

fn shown(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// What templates call.
#[expect(unreachable_pub, reason = "the macro writes items that are `pub`")]
pub(super) mod filters {
    use askama::{Result, Values};
    use delivery::Millis;
    use serde::Serialize;

    /// See [`super::word`].
    #[askama::filter_fn]
    pub(crate) fn word(value: impl Serialize, _: &dyn Values) -> Result<String> {
        Ok(super::word(value))
    }

    /// The time since then.
    #[askama::filter_fn]
    pub(crate) fn since(at: &Millis, _: &dyn Values, now: &Millis) -> Result<String> {
        Ok(super::span(*at, *now))
    }

    /// The time until then.
    #[askama::filter_fn]
    pub(crate) fn until(at: &Millis, _: &dyn Values, now: &Millis) -> Result<String> {
        Ok(super::span(*now, *at))
    }

    /// As [`super::clock`], for a point in time as the API writes it.
    #[askama::filter_fn]
    pub(crate) fn moment(at: &str, _: &dyn Values) -> Result<String> {
        Ok(at.parse().map_or_else(|_| at.to_owned(), super::shown))
    }

    /// How long ago it was, for a point in time as the API writes it.
    #[askama::filter_fn]
    pub(crate) fn ago(at: &str, _: &dyn Values, now: &Millis) -> Result<String> {
        let told = |at: jiff::Timestamp| gateway_config::duration::from_now(at.as_millisecond(), *now);
        Ok(at.parse().map_or_else(|_| at.to_owned(), told))
    }

    /// See [`super::clock`].
    #[askama::filter_fn]
    pub(crate) fn clock(at: &Millis, _: &dyn Values) -> Result<String> {
        Ok(super::clock(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api_types::PauseWord;

    #[test]
    fn words_times_and_spans_read_as_people_say_them() {
        assert_eq!(word(api_types::ReasonWord::UnknownAtVendor), "unknown at vendor");
        assert_eq!(word(Some(PauseWord::Auth)), "auth");
        assert_eq!(clock(1_700_000_000_000), "2023-11-14 22:13:20 UTC");
        for (seconds, text) in
            [(-5, "0 s"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (172_800, "2 d")]
        {
            assert_eq!(span(0, seconds * 1_000), text);
        }
    }
}
