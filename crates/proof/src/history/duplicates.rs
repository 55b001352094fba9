//! Why a vendor saw the same content twice: every duplicate has a cause.

use std::collections::BTreeMap;

use super::{
    Answer, Cause, History, Ms, Send, Verdict, Write,
    sends::by_lane,
    versions::{Had, Timeline},
};

pub(super) fn check(history: &History, timelines: &BTreeMap<&str, Timeline<'_>>, verdict: &mut Verdict) {
    for (route, user, sends) in by_lane(history) {
        let Some(timeline) = timelines.get(user) else { continue };
        let lane = Lane { history, route, user, timeline };
        for (at, send) in sends.iter().enumerate() {
            lane.check(&sends[..at], send, verdict);
        }
    }
}

/// More requests than trying all leaves of a user one by one takes, among them a set that takes several attempts.
const MOST_STEPS: usize = 100;

/// The fewest removals that make an attempt carry a part of what is owed, because more requests would have been needed.
const LEAST_OF_A_PART: usize = 10;

/// The most time between the begin of an attempt and its first request, and between two of its requests.
const SLACK: Ms = 30_000;

struct Lane<'a> {
    history: &'a History,
    route: &'a str,
    user: &'a str,
    timeline: &'a Timeline<'a>,
}

impl Lane<'_> {
    fn check(&self, before: &[&Send], send: &Send, verdict: &mut Verdict) {
        // The oldest of the newest requests that carried each write: what came after it can be the cause.
        let mut since = Ms::MAX;
        for write in &send.writes {
            let carried =
                |earlier: &&&Send| earlier.subject == send.subject && earlier.writes.contains(write);
            let Some(earlier) = before.iter().rev().find(carried) else { return };
            if self.is_newer(write, begin(before, earlier.start), earlier, send) {
                return;
            }
            since = since.min(earlier.start);
        }
        if send.writes.is_empty() {
            return;
        }
        match self.cause(before, since, send) {
            Some(cause) => *verdict.duplicates.entry(cause).or_default() += 1,
            None => verdict.find(
                "duplicate",
                format!("{}, {}: the request at {} has no cause", self.route, self.user, send.start),
            ),
        }
    }

    /// Whether the value may have come anew after the earlier request was begun, as of a newer version. `begun`: when the earlier
    /// request's attempt may have begun.
    fn is_newer(&self, write: &Write, begun: Ms, earlier: &Send, send: &Send) -> bool {
        let (field, value) = match write {
            Write::Set(field, value) => (field, value.clone()),
            Write::Add(field, members) => (field, members.iter().cloned().collect::<Vec<_>>().into()),
            // A member may have come and gone meanwhile.
            Write::Remove(field, _) => {
                let had = self.timeline.field(self.route, field);
                return had
                    .iter()
                    .filter(|had| had.since <= send.start && had.since + 60_000 > earlier.start)
                    .count()
                    > 1;
            }
        };
        let had = self.timeline.field(self.route, field);
        let versions = had.iter().filter(|had| *had.value == value && had.since <= send.start);
        let newer = |version: u64| {
            let left = had.iter().any(|had| had.version < version && *had.value != value);
            // Two texts may be one name at the vendor: a manager's own, and the id of the user who has it.
            let given = |had: &Had<'_>| self.timeline.given(had.version, had.leaf);
            let same = |had: &&Had<'_>| *had.value == value;
            let now = had.iter().filter(same).find(|had| had.version == version).and_then(given);
            let is_manager = |had: &&Had<'_>| had.leaf == "manager" && same(had);
            let respelled =
                had.iter().filter(is_manager).any(|had| had.version < version && given(had) != now);
            left || respelled || self.timeline.was_uncarried(self.route, field, 0, send.start)
        };
        // A value that was left and taken again has a version of its own. Who takes it again soon may meet an attempt that was begun
        // before, and that carried the value although it was left: a field that cannot be left out goes out as it was confirmed.
        let retaken = |version: u64| had.iter().any(|had| had.version < version && *had.value == value);
        let unsent = |version: u64| {
            self.may_be_unsent(version, earlier.start)
                || (retaken(version) && self.may_be_unsent(version, begun))
        };
        versions.map(|had| had.version).max().is_some_and(|version| newer(version) && unsent(version))
            || self.timeline.may_be(self.route, field, &value)
    }

    fn may_be_unsent(&self, version: u64, begun: Ms) -> bool {
        let op = self.timeline.by_version.get(&version);
        op.is_some_and(|op| op.ended.is_none_or(|ended| ended >= begun))
    }

    fn cause(&self, before: &[&Send], since: Ms, send: &Send) -> Option<Cause> {
        let facts = self.history.routes.get(self.route);
        let window = facts.map_or(0, |facts| facts.timeout + facts.settle);
        let apply_window = facts.map_or(0, |facts| facts.apply_window);
        let later = || before.iter().filter(|earlier| earlier.start >= since);
        // What is asked for while an attempt is under way is done after it.
        let begun = begin(before, since);
        if self.nudged(begun, send.start) {
            return Some(Cause::Operator);
        }
        if self.history.stops.iter().any(|stop| (since..=send.start).contains(stop)) {
            return Some(Cause::Crash);
        }
        if later().any(|earlier| earlier.answer == Answer::Rejected) {
            return Some(Cause::Refused);
        }
        let last = before.last()?;
        if last.answer != Answer::Success {
            return Some(Cause::Retry);
        }
        let start_window = facts.map_or(0, |facts| facts.start_window);
        // A process that ended may have taken the lane and not begun to send.
        let mut starts = self.history.starts.iter().skip(1).filter(|start| **start <= send.start);
        let in_doubt = before.iter().any(|earlier| begun < self.doubt(earlier, window))
            || starts.any(|start| begun < *start + start_window);
        // An erase and another identity do not know when the request under way was begun, a new life not when one was lost.
        let in_doubt = in_doubt
            || self.timeline.turns(self.route).any(|op| begun < op.ended.unwrap_or(op.invoked) + window);
        let queued = apply_window > 0 && before.iter().any(|earlier| earlier.start + apply_window > begun);
        if in_doubt || queued || later().any(|earlier| earlier.answer != Answer::Success) {
            return Some(Cause::Reassert);
        }
        // What takes more requests than one attempt may have is begun anew in the next one, and goes out together in the end.
        let lately = || before.iter().rev().take(MOST_STEPS);
        if lately().filter(|earlier| removes(earlier)).count() >= LEAST_OF_A_PART {
            return Some(Cause::Part);
        }
        // Leaves that were tried one by one go out together once more, if a request was lost before.
        lately().any(|earlier| earlier.answer == Answer::Rejected).then_some(Cause::Refused)
    }

    /// Until when a request may be applied for all that the gateway knows.
    fn doubt(&self, send: &Send, window: Ms) -> Ms {
        let stopped = self.history.stops.iter().any(|stop| send.end == Some(*stop));
        if send.answer.is_open() || stopped { send.start + window } else { 0 }
    }

    fn nudged(&self, since: Ms, until: Ms) -> bool {
        self.history.nudges.iter().any(|nudge| {
            let concerns = nudge.route.as_ref().is_none_or(|route| route == self.route)
                && nudge.user.as_ref().is_none_or(|user| user == self.user);
            concerns && nudge.from <= until && nudge.to.is_none_or(|to| to >= since)
        })
    }
}

/// The earliest moment at which the attempt of the request at `since` may have been begun. What is seen of an attempt are its
/// requests: those that remove members follow the one that sets the fields.
fn begin(before: &[&Send], since: Ms) -> Ms {
    let mut begin = since;
    for send in before.iter().rev().skip_while(|send| send.start > since) {
        let follows = send.start == since || send.end.is_some_and(|end| end + SLACK >= begin);
        if !follows {
            break;
        }
        begin = send.start;
        if !removes(send) {
            break;
        }
    }
    begin.saturating_sub(SLACK)
}

fn removes(send: &Send) -> bool {
    matches!(send.writes.as_slice(), [Write::Remove(..)])
}
