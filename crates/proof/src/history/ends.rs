//! How it ended: the vendor has what the gateway has, or there is a visible reason that a vendor's answer bears out.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Answer, History, Kind, LaneEnd, Ms, Send, Standing, Verdict, Write, together, verdict::LOST,
    versions::Timeline,
};

pub(super) fn check(history: &History, timelines: &BTreeMap<&str, Timeline<'_>>, verdict: &mut Verdict) {
    check_subjects(history, verdict);
    check_identities(history, timelines, verdict);
    for end in &history.lanes {
        let place = format!("{}, {}", end.route, end.user);
        match &end.standing {
            Standing::Pending(why) => verdict.find("G9", format!("{place}: still pending: {why}")),
            Standing::Settled => check_values(history, timelines.get(end.user.as_str()), end, verdict),
            Standing::Blocked(reason) if !is_borne_out(history, end, reason) => {
                verdict.find("G8", format!("{place}: blocked as {reason}, which no answer bears out"));
            }
            Standing::Blocked(_) | Standing::NotServed | Standing::Erased => {}
        }
    }
}

/// What must hold of settled lanes at any moment at which nothing moves.
pub(super) fn check_settled(
    history: &History,
    timelines: &BTreeMap<&str, Timeline<'_>>,
    verdict: &mut Verdict,
) {
    for end in history.lanes.iter().filter(|end| end.standing == Standing::Settled) {
        check_values(history, timelines.get(end.user.as_str()), end, verdict);
    }
}

fn check_values(history: &History, timeline: Option<&Timeline<'_>>, end: &LaneEnd, verdict: &mut Verdict) {
    let facts = history.routes.get(&end.route);
    let sets = facts.map(|facts| &facts.sets);
    let has_moved = facts.is_some_and(|facts| facts.has_moved);
    let erased = timeline.is_some_and(|timeline| !timeline.erases.is_empty());
    let place = format!("{}, {}", end.route, end.user);
    together::check(history, timeline, end, verdict);
    for (field, value) in &end.carried {
        if end.held.contains(field) {
            // What waits for a field of its group was not tried again at the end: the first refusal counts.
            let waits = together::is_uncarried_with(facts, timeline, end, field);
            let since = if waits { 0 } else { history.evidence_from };
            if !was_refused(history, end, field, value, since) {
                verdict.find("G8", format!("{place}: {field} is held, and no answer refuses {value}"));
            }
            continue;
        }
        // What it is instead was judged for the whole group.
        if together::stays_behind(facts, timeline, end, field) {
            continue;
        }
        let at_vendor = end.vendor.get(field).unwrap_or(&Json::Null);
        // What an erased person had, or what was given at another host, nobody knows any more, and so nobody takes it away.
        let adds = (erased || has_moved)
            && sets.is_some_and(|sets| sets.contains(field))
            && has_all(at_vendor, value);
        if !is_same(value, at_vendor) && !adds {
            verdict.find("G9", format!("{place}: {field} is {at_vendor} at the vendor, should be {value}"));
        }
    }
}

fn has_all(at_vendor: &Json, wanted: &Json) -> bool {
    let (has, wanted) = (at_vendor.as_array(), wanted.as_array());
    wanted.into_iter().flatten().all(|member| has.is_some_and(|has| has.contains(member)))
}

/// Some vendors keep an empty text as none; sets have no order.
pub(crate) fn is_same(left: &Json, right: &Json) -> bool {
    let sorted = |list: &Vec<Json>| {
        let mut texts: Vec<String> = list.iter().map(Json::to_string).collect();
        texts.sort();
        texts
    };
    let is_nothing = |value: &Json| match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => false,
    };
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => sorted(left) == sorted(right),
        _ => left == right || (is_nothing(left) && is_nothing(right)),
    }
}

fn of_lane<'a>(history: &'a History, end: &'a LaneEnd, since: Ms) -> impl Iterator<Item = &'a Send> {
    history
        .sends
        .iter()
        .filter(move |send| send.route == end.route && send.user == end.user && send.start >= since)
}

fn was_refused(history: &History, end: &LaneEnd, field: &str, value: &Json, since: Ms) -> bool {
    let carries = |send: &&Send| {
        send.writes.iter().any(|write| match write {
            Write::Set(own, sent) => own == field && sent == value,
            Write::Add(own, _) | Write::Remove(own, _) => own == field,
        })
    };
    of_lane(history, end, since).filter(carries).any(|send| send.answer == Answer::Rejected)
}

fn is_borne_out(history: &History, end: &LaneEnd, reason: &str) -> bool {
    let answered =
        |answer: Answer| of_lane(history, end, history.evidence_from).any(|send| send.answer == answer);
    match reason {
        "NeedsData" => {
            let facts = history.routes.get(&end.route);
            let missing = |field: &String| end.carried.get(field).is_none_or(Json::is_null);
            facts.is_some_and(|facts| facts.required.iter().any(missing))
        }
        "SubjectTaken" => true,
        "Rejected" => answered(Answer::Rejected),
        "TooLarge" => answered(Answer::TooLarge),
        "Conflict" => answered(Answer::Conflict),
        "UnknownAtVendor" => answered(Answer::NotFound),
        "Unaddressable" => end.subject_key.is_none() || answered(Answer::NotFound),
        "Forbidden" => answered(Answer::Forbidden),
        "WrongSubject" => answered(Answer::WrongSubject),
        "Protocol" => answered(Answer::Unreadable),
        _ => false,
    }
}

/// Two people never have one subject at a route.
fn check_subjects(history: &History, verdict: &mut Verdict) {
    let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for end in &history.lanes {
        let Some(key) = &end.subject_key else { continue };
        if let Some(other) = owners.insert((&end.route, key), &end.user) {
            verdict.find("G22", format!("{}: {other} and {} have one subject", end.route, end.user));
        }
    }
}

/// The identity that a client named last is the one that the lane has.
fn check_identities(history: &History, timelines: &BTreeMap<&str, Timeline<'_>>, verdict: &mut Verdict) {
    for (route, _) in history.routes.iter().filter(|(_, facts)| facts.explicit) {
        for (user, timeline) in timelines.iter().filter(|(_, timeline)| timeline.open.is_empty()) {
            let erased = timeline.erases.last().map_or(0, |(_, version)| *version);
            let of_op = |(_, op): (&u64, &&super::Op)| match &op.kind {
                Kind::Update(change) => change.subjects.get(route).cloned(),
                Kind::Erase => None,
            };
            let named = timeline.by_version.range(erased..).rev().find_map(of_op);
            let lane = history.lanes.iter().find(|lane| lane.route == *route && lane.user == **user);
            let has = lane.and_then(|lane| lane.subject.clone());
            if named != has {
                verdict.find(LOST, format!("{route}, {user}: the identity is {has:?}, should be {named:?}"));
            }
        }
    }
}
