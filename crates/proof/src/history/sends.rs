//! What went out: to the right person, nothing that nobody asked for, one request at a time, never an older value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{
    Answer, History, Ms, Send, Verdict, Write,
    verdict::UNEXPECTED,
    versions::{Had, Timeline},
};

pub(super) fn check(history: &History, timelines: &BTreeMap<&str, Timeline<'_>>, verdict: &mut Verdict) {
    for (route, user, sends) in by_lane(history) {
        let Some(timeline) = timelines.get(user) else {
            verdict.find(UNEXPECTED, format!("{route}: a request for {user}, of whom nobody spoke"));
            continue;
        };
        let mut lane = Lane {
            history,
            route,
            user,
            timeline,
            sent: BTreeMap::new(),
            had: BTreeMap::new(),
            refused: false,
        };
        check_overlaps(&lane, &sends, verdict);
        sends.iter().for_each(|send| lane.check(send, verdict));
    }
}

/// The requests of each lane, in the order in which they were begun.
pub(super) fn by_lane(history: &History) -> Vec<(&str, &str, Vec<&Send>)> {
    let mut lanes: BTreeMap<(&str, &str), Vec<&Send>> = BTreeMap::new();
    history.sends.iter().for_each(|send| lanes.entry((&send.route, &send.user)).or_default().push(send));
    lanes.values_mut().for_each(|sends| sends.sort_by_key(|send| send.start));
    lanes.into_iter().map(|((route, user), sends)| (route, user, sends)).collect()
}

/// Two requests of one lane are never under way at once, unless the gateway had given up the earlier one: after its timeout,
/// with its process, by erasing the user, or by turning to another subject.
fn check_overlaps(lane: &Lane<'_>, sends: &[&Send], verdict: &mut Verdict) {
    let timeout = lane.history.routes.get(lane.route).map_or(0, |facts| facts.timeout);
    for pair in sends.windows(2) {
        let [before, after] = pair else { continue };
        let stops = &lane.history.stops;
        let stopped = stops.iter().find(|stop| **stop >= before.start).copied().unwrap_or(Ms::MAX);
        let over = before.end.unwrap_or(Ms::MAX).min(stopped).min(before.start + timeout);
        let erased = lane.timeline.erases.iter().any(|(erase, _)| {
            erase.invoked <= after.start && erase.ended.is_none_or(|ended| ended >= before.start)
        });
        if after.start < over && after.subject == before.subject && !erased {
            let text = format!(
                "{}: a request at {} while one of {} is open",
                lane.place(),
                after.start,
                before.start
            );
            verdict.find("G5", text);
        }
    }
}

struct Lane<'a> {
    history: &'a History,
    route: &'a str,
    user: &'a str,
    timeline: &'a Timeline<'a>,
    /// Per field and leaf the newest version that was sent, each taken for the oldest that it can be.
    sent: BTreeMap<(&'a str, &'a str), u64>,
    had: BTreeMap<&'a str, Vec<Had<'a>>>,
    /// Whether the vendor has refused a request of this lane before.
    refused: bool,
}

impl<'a> Lane<'a> {
    fn check(&mut self, send: &'a Send, verdict: &mut Verdict) {
        self.send(send, verdict);
        self.refused |= send.answer == Answer::Rejected;
    }

    fn send(&mut self, send: &'a Send, verdict: &mut Verdict) {
        if self.timeline.erased_at(send.start).is_some() {
            verdict.find("G23", format!("{}: a request at {} after the erase", self.place(), send.start));
            return;
        }
        let given = |change: &super::Change| change.subjects.get(self.route) == Some(&send.subject);
        if !self.timeline.changes().any(given) {
            verdict.find("G21", format!("{}: the request at {} names a stranger", self.place(), send.start));
        }
        for write in &send.writes {
            match write {
                Write::Set(field, value) => self.value(send, field, value, verdict),
                Write::Add(field, members) => {
                    let value = members.iter().cloned().collect::<Vec<_>>().into();
                    self.value(send, field, &value, verdict);
                }
                Write::Remove(..) => {}
            }
        }
    }

    fn value(&mut self, send: &'a Send, field: &'a str, value: &Json, verdict: &mut Verdict) {
        if self.timeline.may_be(self.route, field, value) {
            return;
        }
        let (timeline, route) = (self.timeline, self.route);
        let had = self.had.entry(field).or_insert_with(|| timeline.field(route, field));
        let mut versions: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for had in had.iter().filter(|had| had.value == value && had.since <= send.start) {
            versions.entry(had.leaf).or_default().insert(had.version);
        }
        let Some(newest) = versions.values().filter_map(BTreeSet::last).max().copied() else {
            let text = format!("{}: {field} is sent at {} with {value}", self.place(), send.start);
            return verdict.find(UNEXPECTED, text);
        };
        let erased = self.timeline.last_erase(send.start);
        let required = self.history.routes.get(route).is_some_and(|facts| facts.required.contains(field));
        let last = |leaf: &str| self.sent.get(&(field, leaf)).copied().unwrap_or_default().max(erased);
        let in_order: Vec<(&str, u64)> = versions
            .iter()
            .filter_map(|(leaf, of_leaf)| Some((*leaf, *of_leaf.range(last(leaf)..).next()?)))
            .collect();
        match in_order.as_slice() {
            // A value that two leaves have, of which each may have had the field, says nothing about either.
            [(leaf, version)] if versions.len() == 1 => drop(self.sent.insert((field, leaf), *version)),
            [_, ..] => {}
            [] if newest >= erased && self.timeline.was_uncarried(route, field, newest, send.start) => {}
            // A field that goes with every request goes back to the last confirmed value while leaves are tried one by one.
            [] if newest >= erased && required && self.refused => {}
            [] => {
                let last = versions.keys().map(|leaf| last(leaf)).max().unwrap_or_default();
                let text = format!(
                    "{}: {field} is sent at {} as version {newest} after version {last}",
                    self.place(),
                    send.start
                );
                verdict.find("G6", text);
            }
        }
    }

    fn place(&self) -> String {
        format!("{}, {}", self.route, self.user)
    }
}
