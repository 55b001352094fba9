//! Fields that belong together: the vendor never ends with a part of one change beside a part of another.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{
    Answer, Form, History, LaneEnd, Ms, RouteFacts, Verdict, Write,
    ends::is_same,
    versions::{Timeline, forms},
};

/// Whether nothing is sent to the field because another one of its group is refused or cannot be carried as it is.
pub(super) fn stays_behind(
    facts: Option<&RouteFacts>,
    timeline: Option<&Timeline<'_>>,
    end: &LaneEnd,
    field: &str,
) -> bool {
    others(facts, field).any(|other| end.held.contains(other))
        || is_uncarried_with(facts, timeline, end, field)
}

/// Whether the field is not even tried again, because another one of its group cannot be carried as it is.
pub(super) fn is_uncarried_with(
    facts: Option<&RouteFacts>,
    timeline: Option<&Timeline<'_>>,
    end: &LaneEnd,
    field: &str,
) -> bool {
    let Some(timeline) = timeline else { return false };
    others(facts, field).any(|other| value(timeline, &end.route, other, u64::MAX) == Some(&Form::Uncarried))
}

fn others<'a>(facts: Option<&'a RouteFacts>, field: &'a str) -> impl Iterator<Item = &'a String> {
    let groups = facts.into_iter().flat_map(|facts| &facts.groups);
    groups.filter(move |group| group.contains(field)).flatten().filter(move |other| *other != field)
}

pub(super) fn check(
    history: &History,
    timeline: Option<&Timeline<'_>>,
    end: &LaneEnd,
    verdict: &mut Verdict,
) {
    let Some((facts, timeline)) = history.routes.get(&end.route).zip(timeline) else { return };
    // Of an earlier life, at another host, or under an address that others had, the vendor has parts that nobody knows of; and of what
    // nobody knows whether it was done, nobody knows what it made whole.
    let is_known =
        timeline.erases.is_empty() && timeline.open.is_empty() && !facts.has_moved && facts.explicit;
    for group in facts.groups.iter().filter(|_| is_known) {
        let versions = timeline.by_version.keys().rev().copied().chain([0]);
        if versions.into_iter().any(|version| is_as_of(timeline, end, group, version)) {
            continue;
        }
        // A request that was lost may be applied after a newer one. What it overwrote is put right by what comes next; and where the group
        // cannot be sent as it is by then, there is nothing that could go.
        let is_stopped = group.iter().any(|field| stays_behind(Some(facts), Some(timeline), end, field));
        if is_stopped && has_lost(history, facts, end, group) {
            continue;
        }
        let fields = group.iter().filter_map(|field| Some((field, end.vendor.get(field)?)));
        let has: Vec<String> = fields.map(|(field, value)| format!("{field} {value}")).collect();
        let text = format!("{}, {}: {} never belonged together", end.route, end.user, has.join(", "));
        verdict.find("G31", text);
    }
}

/// Whether a request that writes to the group had no answer that tells what became of it, and may have been applied after the last
/// one of which the vendor said that it was.
fn has_lost(history: &History, facts: &RouteFacts, end: &LaneEnd, group: &BTreeSet<String>) -> bool {
    let of_group = |write: &Write| matches!(write, Write::Set(field, _) if group.contains(field));
    let of_lane = history.sends.iter().filter(|send| send.route == end.route && send.user == end.user);
    let writes = of_lane.filter(|send| send.writes.iter().any(of_group));
    let done = writes.clone().filter(|send| send.answer == Answer::Success).map(|send| send.start).max();
    let may_follow = |start: Ms| done.is_none_or(|done| start + facts.timeout + facts.settle > done);
    writes.filter(|send| send.answer.is_open()).any(|send| may_follow(send.start))
}

/// Whether the vendor has of every field of the group what the person had as of this version.
fn is_as_of(timeline: &Timeline<'_>, end: &LaneEnd, group: &BTreeSet<String>, version: u64) -> bool {
    group.iter().all(|field| {
        let has = end.vendor.get(field).unwrap_or(&Json::Null);
        match value(timeline, &end.route, field, version) {
            Some(Form::Carried(value)) => is_same(value, has),
            Some(Form::Uncarried) => false,
            None => is_same(&Json::Null, has),
        }
    })
}

/// What the person had for the field as of a version; none when nobody had said anything.
fn value<'a>(timeline: &Timeline<'a>, route: &str, field: &str, version: u64) -> Option<&'a Form> {
    let ops = timeline.by_version.range(..=version).rev();
    ops.filter_map(|(_, op)| forms(op, route, field).last()).map(|wire| &wire.form).next()
}
