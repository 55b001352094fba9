//! Regular expressions, as ECMA 262 has them, for what the options take as texts. Each lets through whatever `check` takes.

use crate::resolve::duration::Bounds;

/// A rate from 0.001/s to 100000/s.
pub(crate) const RATE: &str =
    r"^(unlimited|(?=[0-9]*[1-9]|[0-9]*\.[0-9]{0,2}[1-9])0*([0-9]{0,5}(\.[0-9]*)?|100000(\.0*)?)/s)$";
/// A route's name.
pub(crate) const ROUTE: &str = "^[a-z][a-z0-9_]{0,31}$";
/// A webhook's name.
pub(crate) const NAME: &str = "^[a-z][a-z0-9_-]{0,31}$";
/// A key's name.
pub(crate) const KEY: &str = "^(?!(gateway|signal)$)[a-z][a-z0-9_-]{0,31}$";
/// The hash of a key.
pub(crate) const HASH: &str = "^sha256:[0-9A-Fa-f]{64}$";
/// An address and a port.
pub(crate) const LISTEN: &str = r"^([0-9.]+|\[[^\]]+\]):[0-9]{1,5}$";
/// The name of a host in lower case.
pub(crate) const HOST: &str = "^[a-z0-9.-]{1,253}$";
/// The file of the database.
pub(crate) const DATABASE: &str = "^(?!:|file:).";
/// A vendor's address: a URL in ASCII without user, query and fragment.
pub(crate) const BASE_URL: &str = r"^(?=[!-~]+$)[Hh][Tt][Tt][Pp][Ss]?://(?![^/]*\.(/|$))[^/?#@]+(/[^?#]*)?$";
/// A URL without user, query and fragment.
pub(crate) const URL: &str = r"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s]+(/[^?#\s]*)?$";
/// A URL of a collector.
pub(crate) const COLLECTOR: &str = "^https?://[^/?#@ ]+(/[^?#@ ]*)?$";
/// A URL that speaks TLS.
pub(crate) const TLS: &str = "^[Hh][Tt][Tt][Pp][Ss]:";
/// A leaf that may give people a second id.
pub(crate) const SECOND_ID: &str = r"^(custom\.[a-z][a-z0-9_]{0,63}|preferred_username)$";
/// The version of Communal's API.
pub(crate) const VERSION: &str = "^[A-Za-z0-9._-]{1,32}$";
/// Village's network.
pub(crate) const SEGMENT: &str = r"^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$";

/// The units of durations: how their names begin, and how many milliseconds they have.
const UNITS: [(&str, u128); 6] = [
    ("(ms|milli)[a-z]*", 1),
    ("s(ec[a-z]*)?", 1_000),
    ("m(in[a-z]*)?", 60_000),
    ("h[a-z]*", 3_600_000),
    ("d[a-z]*", 86_400_000),
    ("w[a-z]*", 604_800_000),
];

/// A duration within its bounds. Of those that are written with several units, or with units that nobody uses here, only the form is
/// looked at.
pub(crate) fn duration(bounds: &Bounds) -> String {
    let (least, most) = (bounds.least.as_millis(), bounds.most.as_millis());
    let numbers = UNITS.iter().map(|(names, unit)| {
        let (from, to) = (least.div_ceil(*unit), most / unit);
        let whole = if from <= to { format!("{}|", range(from, to)) } else { String::new() };
        format!(r"0*({whole}({})?[.,][0-9]+)[ \t]*({names})", range(least / unit, to))
    });
    let several = r"[0-9.,]+[ \t]*[a-zµμ:]+[ ,:]*[0-9].*";
    let tiny = "[0-9.,]+[ \t]*([uµμn]|micro)[a-z]*";
    format!(r"^\+?({}|{several}|{tiny}|[Pp].+)$", numbers.collect::<Vec<_>>().join("|"))
}

/// The whole numbers from one to another.
fn range(from: u128, to: u128) -> String {
    let digits = |number: u128| number.to_string();
    let (mut parts, mut from) = (Vec::new(), from);
    while digits(from).len() < digits(to).len() {
        let nines = "9".repeat(digits(from).len());
        parts.push(between(&digits(from), &nines));
        from = 10_u128.pow(u32::try_from(nines.len()).unwrap_or(u32::MAX));
    }
    parts.push(between(&digits(from), &digits(to)));
    format!("({})", parts.join("|"))
}

/// The numbers between two of equally many digits.
fn between(from: &str, to: &str) -> String {
    let (Some(low), Some(high)) = (from.chars().next(), to.chars().next()) else { return String::new() };
    let rest = from.len() - 1;
    let class = |low: char, high: char| if low == high { low.to_string() } else { format!("[{low}-{high}]") };
    let is_all = |text: &str, digit: char| text.chars().all(|c| c == digit);
    if is_all(&from[1..], '0') && is_all(&to[1..], '9') {
        let any = if rest == 0 { String::new() } else { format!("[0-9]{{{rest}}}") };
        return class(low, high) + &any;
    }
    if low == high {
        return format!("{low}{}", between(&from[1..], &to[1..]));
    }
    let mut parts = vec![
        format!("{low}{}", between(&from[1..], &"9".repeat(rest))),
        format!("{high}{}", between(&"0".repeat(rest), &to[1..])),
    ];
    let next =
        |digit: char, step: i8| char::from(u8::try_from(digit).unwrap_or(b'0').saturating_add_signed(step));
    if next(low, 1) < high {
        parts.push(format!("{}[0-9]{{{rest}}}", class(next(low, 1), next(high, -1))));
    }
    format!("({})", parts.join("|"))
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::resolve::duration::parse;

    #[test]
    fn a_range_has_its_numbers_and_no_other() {
        for (from, to) in [(0, 0), (0, 7), (1, 60), (100, 60_000), (17, 365), (24, 720), (99, 101), (1, 1024)]
        {
            let pattern = Regex::new(&format!("^{}$", range(from, to))).expect("a pattern");
            for number in 0..70_000_u128 {
                assert_eq!(pattern.is_match(&number.to_string()), (from..=to).contains(&number), "{number}");
            }
        }
    }

    #[test]
    fn a_duration_with_one_unit_is_let_through_where_it_is_read_and_only_there() {
        let all = [
            Bounds::TIMEOUT,
            Bounds::SETTLE,
            Bounds::APPLY_WINDOW,
            Bounds::BACKLOG,
            Bounds::RETENTION,
            Bounds::IDEMPOTENCY,
        ];
        for bounds in &all {
            let pattern = Regex::new(&duration(bounds)).expect("a pattern");
            for unit in ["ms", "s", "sec", "m", "min", "h", "hours", " days", "d", "w", "mo", "y", "x"] {
                let numbers = (0..400)
                    .chain([599, 1_000, 3_650, 3_651, 43_200, 43_201, 60_000, 60_001, 86_400, 86_401]);
                for number in numbers {
                    let text = format!("{number}{unit}");
                    // No months are no time, and nobody means them.
                    if text == "0mo" || text == "0y" {
                        continue;
                    }
                    assert_eq!(pattern.is_match(&text), parse(&text, bounds).is_ok(), "{text}");
                }
            }
            for text in ["", "0", "15", "soon", "-5s", "5s ago", "NaN", "s"] {
                assert!(!pattern.is_match(text), "{text}");
            }
            for text in [
                "1.5s",
                "1m 30s",
                "25h 10m",
                "1 hour, 5 minutes",
                "01:00:00",
                "0.5d",
                "1.5d",
                "+30s",
                "030s",
                "100000us",
            ] {
                assert!(pattern.is_match(text) || parse(text, bounds).is_err(), "{text}");
            }
        }
    }
}
