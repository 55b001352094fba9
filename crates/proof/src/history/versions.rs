//! The order of one user's changes: versions are dense, agree with real time, and what was acknowledged is there.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Change, Form, History, Kind, Ms, Op, Outcome, UserEnd, Verdict, Wire,
    verdict::{LOST, UNEXPECTED},
};

/// What happened to one user, by version.
#[derive(Debug, Default)]
pub(super) struct Timeline<'a> {
    /// The changes by the version that each took.
    pub(super) by_version: BTreeMap<u64, &'a Op>,
    /// Updates that may have been done, nobody knows as which version.
    pub(super) open: Vec<&'a Op>,
    /// Erases with the version they took, in order.
    pub(super) erases: Vec<(&'a Op, u64)>,
}

/// One value that a field had.
#[derive(Debug, Clone)]
pub(super) struct Had<'a> {
    pub(super) version: u64,
    pub(super) leaf: &'a str,
    pub(super) value: &'a Json,
    pub(super) since: Ms,
}

impl<'a> Timeline<'a> {
    pub(super) fn of_all(history: &'a History, verdict: &mut Verdict) -> BTreeMap<&'a str, Timeline<'a>> {
        let mut ops: BTreeMap<&str, Vec<&Op>> = BTreeMap::new();
        history.ops.iter().for_each(|op| ops.entry(&op.user).or_default().push(op));
        let none = UserEnd::default();
        let of_user = |(user, ops): (&'a str, Vec<&'a Op>)| {
            let end = history.users.get(user).unwrap_or(&none);
            (user, Self::of(user, &ops, end, verdict))
        };
        ops.into_iter().map(of_user).collect()
    }

    fn of(user: &str, ops: &[&'a Op], end: &UserEnd, verdict: &mut Verdict) -> Self {
        let mut timeline = Self::default();
        let listed: BTreeMap<u64, (u64, bool)> =
            end.listed.iter().map(|(op, version, bumped)| (*op, (*version, *bumped))).collect();
        for op in ops {
            timeline.place(user, op, listed.get(&op.id).copied(), verdict);
        }
        timeline.check_dense(user, end, verdict);
        check_real_time(user, ops, verdict);
        timeline.check_state(user, end, verdict);
        timeline
    }

    fn place(&mut self, user: &str, op: &'a Op, listed: Option<(u64, bool)>, verdict: &mut Verdict) {
        let (version, bumped) = match (op.outcome, listed) {
            (Outcome::Ok { version, bumped }, None) => (version, bumped),
            (Outcome::Ok { version, bumped }, Some(listed)) => {
                if (version, bumped) != listed {
                    verdict.find("G26", format!("{user}: op {} was told {version} and is {listed:?}", op.id));
                }
                (version, bumped)
            }
            (Outcome::Unknown, Some(listed)) => {
                verdict.recovered += 1;
                listed
            }
            (Outcome::Unknown, None) => {
                verdict.indeterminate += 1;
                return self.open.push(op);
            }
            (Outcome::Refused, None) => return,
            (Outcome::Refused, Some(listed)) => {
                return verdict
                    .find(UNEXPECTED, format!("{user}: op {} was refused and is {listed:?}", op.id));
            }
        };
        if !bumped {
            return;
        }
        if matches!(op.kind, Kind::Erase) {
            self.erases.push((op, version));
            self.erases.sort_by_key(|(_, version)| *version);
        }
        if let Some(other) = self.by_version.insert(version, op) {
            verdict.find("G4", format!("{user}: ops {} and {} are both version {version}", other.id, op.id));
        }
    }

    /// Versions are 1, 2, 3 and so on; a gap needs an operation that nobody knows of.
    fn check_dense(&self, user: &str, end: &UserEnd, verdict: &mut Verdict) {
        let known = self.by_version.len() as u64;
        let newest = self.by_version.keys().next_back().copied().unwrap_or_default();
        if end.version < newest {
            verdict.find(
                LOST,
                format!("{user}: version {newest} was acknowledged, the last is {}", end.version),
            );
        }
        let gaps = newest.max(end.version).saturating_sub(known);
        if gaps > self.open.len() as u64 {
            verdict.find(
                UNEXPECTED,
                format!(
                    "{user}: {gaps} versions that nobody asked for, {} operations unknown",
                    self.open.len()
                ),
            );
        }
    }

    /// Applies all changes in the order of their versions and compares with what the gateway shows.
    fn check_state(&self, user: &str, end: &UserEnd, verdict: &mut Verdict) {
        let mut leaves: BTreeMap<&str, (&Json, u64)> = BTreeMap::new();
        let mut erased = false;
        for (version, op) in &self.by_version {
            match &op.kind {
                Kind::Erase => {
                    leaves.clear();
                    erased = true;
                }
                Kind::Update(change) => {
                    erased = false;
                    if change.clear_custom {
                        let custom = leaves.iter_mut().filter(|(leaf, _)| leaf.starts_with("custom."));
                        custom.for_each(|(_, value)| *value = (&Json::Null, *version));
                    }
                    leaves
                        .extend(change.leaves.iter().map(|(leaf, value)| (leaf.as_str(), (value, *version))));
                }
            }
        }
        if erased != end.erased && self.open.is_empty() {
            verdict.find(LOST, format!("{user}: erased is {}, should be {erased}", end.erased));
        }
        for (leaf, (value, version)) in leaves {
            let shown = end.leaves.get(leaf).unwrap_or(&Json::Null);
            if shown != value && !self.open.iter().any(|op| may_set(op, leaf, shown)) {
                verdict
                    .find(LOST, format!("{user}: {leaf} of version {version} is {shown}, should be {value}"));
            }
        }
    }

    /// The values that a field had, in the order of versions.
    pub(super) fn field(&self, route: &str, field: &str) -> Vec<Had<'a>> {
        let of_op = |(version, op): (&u64, &&'a Op)| {
            let (version, since) = (*version, op.invoked);
            forms(op, route, field).filter_map(move |wire| match &wire.form {
                Form::Carried(value) => Some(Had { version, leaf: &wire.leaf, value, since }),
                Form::Uncarried => None,
            })
        };
        self.by_version.iter().flat_map(of_op).collect()
    }

    /// The value that a caller gave a leaf as a version.
    pub(super) fn given(&self, version: u64, leaf: &str) -> Option<&'a Json> {
        change_of(self.by_version.get(&version)?)?.leaves.get(leaf)
    }

    /// Whether the field had a value that the route cannot carry, after a version and before a moment.
    pub(super) fn was_uncarried(&self, route: &str, field: &str, after: u64, before: Ms) -> bool {
        let of_op = |(_, op): (&u64, &&Op)| {
            op.invoked <= before && forms(op, route, field).any(|wire| wire.form == Form::Uncarried)
        };
        self.by_version.range(after + 1..).any(of_op)
    }

    /// Whether an operation that nobody knows of may have given a field this value.
    pub(super) fn may_be(&self, route: &str, field: &str, value: &Json) -> bool {
        let is_it = |wire: &Wire| matches!(&wire.form, Form::Carried(own) if own == value);
        self.open.iter().any(|op| forms(op, route, field).any(is_it))
    }

    /// The newest erase that was answered before `at`, and that no update has undone by then.
    pub(super) fn erased_at(&self, at: Ms) -> Option<u64> {
        let (op, version) =
            self.erases.iter().rev().find(|(op, _)| op.ended.is_some_and(|ended| ended < at))?;
        let revived = |(later, update): (&u64, &&Op)| {
            later > version && update.invoked <= at && change_of(update).is_some_and(|change| change.revives)
        };
        let reopened = self.open.iter().any(|open| open.invoked >= op.invoked && open.invoked <= at);
        (!self.by_version.iter().any(revived) && !reopened).then_some(*version)
    }

    /// The version of the newest erase that was answered before `at`.
    pub(super) fn last_erase(&self, at: Ms) -> u64 {
        let answered = self.erases.iter().rev().find(|(op, _)| op.ended.is_some_and(|ended| ended < at));
        answered.map_or(0, |(_, version)| *version)
    }

    /// The erases, and the updates that took an erased user into use again or changed the user's identity at a route.
    pub(super) fn turns(&self, route: &str) -> impl Iterator<Item = &'a Op> {
        let mut is_known = false;
        let turns = move |op: &&Op| {
            let Some(change) = change_of(op) else { return true };
            let names = change.subjects.contains_key(route);
            let changes = names && is_known;
            is_known |= names;
            changes || change.revives
        };
        self.by_version.values().copied().filter(turns)
    }

    /// The changes, in the order of versions.
    pub(super) fn changes(&self) -> impl Iterator<Item = &'a Change> {
        self.by_version.values().chain(&self.open).filter_map(|op| change_of(op))
    }
}

fn change_of(op: &Op) -> Option<&Change> {
    match &op.kind {
        Kind::Update(change) => Some(change),
        Kind::Erase => None,
    }
}

/// What an operation makes of a field of a route.
pub(super) fn forms<'a>(op: &'a Op, route: &str, field: &str) -> impl Iterator<Item = &'a Wire> {
    let wire = change_of(op).and_then(|change| change.wire.get(route));
    wire.into_iter().flatten().filter(move |wire| wire.field == field)
}

fn may_set(op: &Op, leaf: &str, value: &Json) -> bool {
    let Some(change) = change_of(op) else { return value.is_null() };
    let cleared = change.clear_custom && leaf.starts_with("custom.") && value.is_null();
    cleared || change.leaves.get(leaf) == Some(value)
}

/// What was asked for after an answer has a newer version than the answer.
fn check_real_time(user: &str, ops: &[&Op], verdict: &mut Verdict) {
    let done = |op: &&&Op| matches!(op.outcome, Outcome::Ok { .. }) && op.ended.is_some();
    let mut by_end: Vec<&&Op> = ops.iter().filter(done).collect();
    let mut by_start = by_end.clone();
    by_end.sort_by_key(|op| op.ended);
    by_start.sort_by_key(|op| op.invoked);
    let mut ended = by_end.into_iter().peekable();
    let mut newest = 0;
    for op in by_start {
        while let Some(before) = ended.next_if(|before| before.ended < Some(op.invoked)) {
            if let Outcome::Ok { version, .. } = before.outcome {
                newest = newest.max(version);
            }
        }
        let Outcome::Ok { version, bumped } = op.outcome else { continue };
        if version < newest || (bumped && version == newest) {
            verdict
                .find("G4", format!("{user}: op {} is version {version}, asked for after {newest}", op.id));
        }
    }
}
