use std::collections::BTreeMap;

use serde_json::{Map, Value as JsonValue, json};

use super::{Drift, Seen, Thresholds};
use crate::{
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
    let failed = waiting.iter().filter_map(|view| {
        let lane = &view.row.lane;
        Some((<&str>::from(lane.last_class?), lane.last_status))
    });
    let failures: Vec<JsonValue> = tally(failed)
        .map(|((class, status), users)| json!({ "class": class, "status": status, "users": users }))
        .collect();
    facts([("failures", failures.into())])
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

/// How long the route has been behind, and what keeps it from sending.
pub(crate) fn backlog(
    seen: &Seen,
    thresholds: &Thresholds,
    counts: &RouteCounts,
    condition: &RouteCondition,
) -> Facts {
    let cause = match condition {
        RouteCondition { pause: Some(_), .. } => "paused",
        RouteCondition { breaker_until: Some(_), .. } => "breaker",
        RouteCondition { throttled_until: Some(_), .. } => "throttled",
        _ => "load",
    };
    facts([
        ("behind_seconds", (seen.behind / 1_000).into()),
        ("threshold_seconds", (thresholds.backlog / 1_000).into()),
        ("pending", counts.pending.into()),
        ("cause", cause.into()),
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
