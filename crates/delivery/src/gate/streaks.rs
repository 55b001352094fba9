use std::collections::{BTreeMap, BTreeSet};

use super::PauseReason;
use crate::{Millis, failure::Sample};

const MINUTE: Millis = 60_000;

/// Answers of one kind on several lanes in a row, which say that the route and not the lanes is the cause.
#[derive(Debug, Default)]
pub(super) struct Streaks {
    lanes: BTreeMap<Kind, BTreeSet<i64>>,
    began: BTreeMap<Kind, Millis>,
    last_success: Millis,
    has_worked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Unauthenticated,
    Forbidden,
    NotFound,
    Vanished,
    MaybeNotFound,
    Misdirected,
    Unreadable,
    Rejected,
    TooLarge,
}

/// On how many lanes within which time, and what the route is then paused for.
const RULES: [(Kind, usize, Millis, PauseReason); 9] = [
    (Kind::Unauthenticated, 2, Millis::MAX, PauseReason::Auth),
    (Kind::Forbidden, 5, 10 * MINUTE, PauseReason::Auth),
    (Kind::NotFound, 20, 60 * MINUTE, PauseReason::Config),
    (Kind::Vanished, 5, 10 * MINUTE, PauseReason::Config),
    (Kind::MaybeNotFound, 3, Millis::MAX, PauseReason::Config),
    (Kind::Misdirected, 3, Millis::MAX, PauseReason::Config),
    (Kind::Unreadable, 5, Millis::MAX, PauseReason::Config),
    (Kind::Rejected, 3, Millis::MAX, PauseReason::Config),
    (Kind::TooLarge, 3, Millis::MAX, PauseReason::Config),
];

impl Streaks {
    /// Nothing noted yet; what was refused before `now` was refused under another process or configuration.
    pub(super) fn new(now: Millis) -> Self {
        Self { last_success: now, ..Self::default() }
    }

    /// Notes an attempt without success; why the route is to be paused, if it is.
    pub(super) fn note(&mut self, sample: Sample, lane: i64, now: Millis) -> Option<PauseReason> {
        let kind = match sample {
            Sample::Tls => return Some(PauseReason::Tls),
            Sample::WrongSubject => return Some(PauseReason::WrongSubject),
            // It would say the same of everybody.
            Sample::Misconfigured => return Some(PauseReason::Config),
            Sample::Unauthenticated => Kind::Unauthenticated,
            Sample::Forbidden => Kind::Forbidden,
            // Once the route has worked, people who are not known say nothing about its configuration.
            Sample::NotFound if !self.has_worked => Kind::NotFound,
            Sample::MaybeNotFound if !self.has_worked => Kind::MaybeNotFound,
            Sample::Vanished => Kind::Vanished,
            Sample::Misdirected => Kind::Misdirected,
            Sample::Unreadable => Kind::Unreadable,
            Sample::RejectedUnnamed => Kind::Rejected,
            Sample::TooLarge => Kind::TooLarge,
            Sample::Success
            | Sample::Failure
            | Sample::Throttled(_)
            | Sample::NotFound
            | Sample::MaybeNotFound
            | Sample::Answered
            | Sample::Nothing => {
                return None;
            }
        };
        let (_, lanes, within, reason) = RULES.into_iter().find(|rule| rule.0 == kind)?;
        let began = *self.began.entry(kind).or_insert(now);
        if now - began > within {
            self.began.insert(kind, now);
            self.lanes.remove(&kind);
        }
        let seen = self.lanes.entry(kind).or_default();
        let repeated = !seen.insert(lane) && kind == Kind::Unauthenticated;
        (seen.len() >= lanes || repeated).then_some(reason)
    }

    pub(super) fn succeeded(&mut self, now: Millis) {
        self.lanes.clear();
        self.began.clear();
        self.last_success = now;
        self.has_worked = true;
    }

    pub(super) fn last_success(&self) -> Millis {
        self.last_success
    }

    pub(super) fn forget(&mut self) {
        *self = Self { last_success: self.last_success, ..Self::default() };
    }
}
