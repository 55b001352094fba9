use std::collections::BTreeMap;

use adapter::Deprecation;
use jiff::Timestamp;
use serde_json::{Map, Value as JsonValue, json};

use super::{Drift, Seen, Thresholds};
use crate::{
    Millis,
    gate::{Pause, RouteCondition},
    lane::State,
    store::{LaneView, RouteCounts},
};

/// What an event says beside its kind and its route.
pub type Facts = Map<String, JsonValue>;

fn facts<const N: usize>(pairs: [(&str, JsonValue); N]) -> Facts {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a route is paused.
pub(crate) fn pause(pause: Option<&Pause>) -> Facts {
    pause.map(|pause| facts([("reason", word(pause.reason))])).unwrap_or_default()
}

/// How the lanes that wait for the vendor failed last.
pub(crate) fn breaker(waiting: &[LaneView]) -> Facts {
    facts([("failures", failures(waiting).into())])
}

/// How many lanes failed last in which way.
fn failures(lanes: &[LaneView]) -> Vec<JsonValue> {
    let failed = lanes.iter().filter_map(|view| {
        let lane = &view.row.lane;
        Some((<&str>::from(lane.last_class?), lane.last_status))
    });
    tally(failed)
        .map(|((class, status), users)| json!({ "class": class, "status": status, "users": users }))
        .collect()
}

/// What the blocked lanes are blocked for, as far as they were looked at.
pub(crate) fn blocked(seen: &Seen, thresholds: &Thresholds, blocked: &[LaneView]) -> Facts {
    let reasons = blocked.iter().filter_map(|view| match view.row.lane.state {
        State::Blocked(reason) => Some(<&str>::from(reason)),
        _ => None,
    });
    let reasons: Facts = tally(reasons).map(|(reason, users)| (reason.to_owned(), users.into())).collect();
    facts([
        ("blocked", seen.blocked.into()),
        ("threshold", thresholds.blocked.into()),
        ("reasons", reasons.into()),
    ])
}

/// Whether nothing keeps the route as a whole from sending.
pub(crate) fn is_open(condition: &RouteCondition) -> bool {
    cause_at_route(condition).is_none()
}

/// For how long an open route has been behind. Lanes that the vendor refuses one by one, such as those with a wrong id, are no
/// backlog of the route while they are fewer than the blocked ones that are told.
pub(crate) fn behind(oldest: Millis, late: &[LaneView], thresholds: &Thresholds, now: Millis) -> Millis {
    let (failing, waiting): (Vec<_>, Vec<_>) = late.iter().partition(|view| view.row.lane.fails_alone());
    if failing.len() as u64 >= thresholds.blocked {
        return oldest;
    }
    let since = waiting.iter().filter_map(|view| view.row.lane.dirty_since).min();
    since.map_or(0, |since| (now - since).max(0))
}

fn cause_at_route(condition: &RouteCondition) -> Option<&'static str> {
    match condition {
        RouteCondition { pause: Some(_), .. } => Some("paused"),
        RouteCondition { breaker_until: Some(_), .. } => Some("breaker"),
        RouteCondition { throttled_until: Some(_), .. } => Some("throttled"),
        _ => None,
    }
}

/// How long the route has been behind, and why: what keeps it from sending, users whom the vendor refuses one by one, or load.
pub(crate) fn backlog(
    seen: &Seen,
    thresholds: &Thresholds,
    counts: &RouteCounts,
    condition: &RouteCondition,
    late: &[LaneView],
) -> Facts {
    let all_fail = !late.is_empty() && late.iter().all(|view| view.row.lane.fails_alone());
    let cause = cause_at_route(condition).unwrap_or(if all_fail { "users" } else { "load" });
    facts([
        ("behind_seconds", (seen.behind / 1_000).into()),
        ("threshold_seconds", (thresholds.backlog / 1_000).into()),
        ("pending", counts.pending.into()),
        ("cause", cause.into()),
        ("late", late.len().into()),
        ("failures", failures(late).into()),
    ])
}

/// Of how many users the vendor keeps something.
pub(crate) fn keeping(seen: &Seen, thresholds: &Thresholds) -> Facts {
    facts([("keeping", seen.keeping.into()), ("threshold", thresholds.kept.into())])
}

/// What a comparison has found.
pub(crate) fn drifting(drift: &Drift) -> Facts {
    let leaves: Vec<&str> = drift.leaves.iter().map(canonical::Leaf::name).collect();
    facts([
        ("compared", drift.compared.into()),
        ("differing", drift.differing.into()),
        ("leaves", leaves.into()),
    ])
}

/// What the vendor says of the future of its call.
pub(crate) fn deprecated(found: &Deprecation) -> Facts {
    let says = found.says.clone();
    let said = [(SINCE, moment(found.since)), (SUNSET, moment(found.sunset)), (SAYS, says)];
    said.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))).collect()
}

/// What [`deprecated`] was made of.
pub(crate) fn deprecation_of(facts: &Facts) -> Deprecation {
    let text = |name| facts.get(name).and_then(JsonValue::as_str);
    let second = |name| Some(text(name)?.parse::<Timestamp>().ok()?.as_second());
    Deprecation { since: second(SINCE), sunset: second(SUNSET), says: text(SAYS).map(str::to_owned) }
}

const SINCE: &str = "deprecated_since";
const SUNSET: &str = "sunset";
const SAYS: &str = "says";

/// Seconds since the Unix epoch in the form of RFC 3339.
pub(crate) fn moment(seconds: Option<i64>) -> Option<String> {
    Some(Timestamp::from_second(seconds?).ok()?.to_string())
}

fn word(word: impl Into<&'static str>) -> JsonValue {
    word.into().into()
}

fn tally<T: Ord>(items: impl Iterator<Item = T>) -> impl Iterator<Item = (T, u64)> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    counts.into_iter()
}
