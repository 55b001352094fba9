use std::{borrow::Cow, cell::OnceCell, collections::BTreeMap};

use adapter::{Fate, Means};
use canonical::Leaf;

use super::{
    next,
    stop::{fate_of, stopped},
};
use crate::{
    Millis, Route, RouteId, RouteSet,
    gate::RouteCondition,
    lane::{self, BlockReason, FailureClass, Hold, HoldReason, Lane, State, Version, WaitCause},
    mutation::{self, Mutation},
    planner::{self, RouteView},
    store::{LaneRow, RouteVerdict, UpdateRow, UserRow, Verdict},
};

/// What has become of one update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateStatus {
    /// Per route name.
    pub routes: BTreeMap<String, RouteStatus>,
    /// The version that has replaced every leaf of the update, if one has.
    pub superseded_by: Option<Version>,
}

/// What has become of an update at one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteStatus {
    /// In one word.
    pub state: RouteState,
    /// What a pending route waits for.
    pub waiting_for: Option<WaitingFor>,
    /// Failed attempts in a row.
    pub attempts: u32,
    /// When the next attempt goes out, where that is known and lies ahead.
    pub next_attempt_at: Option<Millis>,
    /// The last failure.
    pub last_error: Option<(FailureClass, Option<u16>)>,
    /// Why the route is blocked.
    pub reason: Option<Reason>,
    /// The leaves that a block is about.
    pub blocked: Vec<Leaf>,
    /// What becomes of each leaf.
    pub leaves: BTreeMap<Leaf, Fate>,
    /// Of the leaves that are not sent, the one that goes together with each and is the cause.
    pub because_of: BTreeMap<Leaf, Leaf>,
    /// Leaves that the vendor echoed with another value.
    pub unverified: Vec<Leaf>,
}

/// The state of an update at one route. States never go backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteState {
    /// The user was erased since.
    Erased,
    /// The route has no subject for the user.
    NoIdentity,
    /// The route does not serve such a user.
    NotMatching,
    /// There was nothing to send for the update: the route carries nothing of it, or nothing changed.
    NothingToSend,
    /// The vendor refused a leaf of the update; the others went on.
    Held,
    /// The vendor applied this version or a newer one.
    Applied,
    /// The vendor took this version or a newer one, and may apply it later.
    Accepted,
    /// Nothing is owed any more, and a leaf of the update never arrived.
    NotDelivered,
    /// It was accepted under an older schema, or before the user got another identity, and nobody knows whether it arrived.
    Unknown,
    /// Nothing is sent before something changes.
    Blocked,
    /// It will be sent, or is being sent.
    Pending,
}

/// What a pending route waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// Its turn, or the answer.
    Turn,
    /// The route's rate.
    Rate,
    /// The next attempt after a failure.
    Backoff,
    /// Somebody to resume the route.
    RoutePaused,
    /// The route to work again.
    Breaker,
    /// The other leaves to be tried one by one.
    Isolation,
}

/// Why a route is blocked or a leaf held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The lane is blocked.
    Blocked(BlockReason),
    /// A leaf is held.
    Held(HoldReason),
}

impl UpdateStatus {
    /// Whether any route is still pending.
    pub fn is_pending(&self) -> bool {
        self.routes.values().any(|route| route.state == RouteState::Pending)
    }
}

/// What has become of an update; `condition` tells what keeps a route from sending now.
pub fn of_update(
    update: &UpdateRow,
    user: &UserRow,
    lanes: &[LaneRow],
    routes: &RouteSet,
    condition: impl Fn(RouteId) -> RouteCondition,
    now: Millis,
) -> UpdateStatus {
    let statuses = cases(update, user, lanes, routes)
        .map(|(id, case)| (case.route.name.clone(), case.status(|| condition(id), now)));
    UpdateStatus { routes: statuses.collect(), superseded_by: superseded_by(update, user) }
}

/// The routes at which an update is still pending. Only a change of its lane or of the routes takes one from the list.
pub fn pending(update: &UpdateRow, user: &UserRow, lanes: &[LaneRow], routes: &RouteSet) -> Vec<RouteId> {
    let pending = cases(update, user, lanes, routes).filter(|(_, case)| case.state() == RouteState::Pending);
    pending.map(|(id, _)| id).collect()
}

fn cases<'a>(
    update: &'a UpdateRow,
    user: &'a UserRow,
    lanes: &'a [LaneRow],
    routes: &'a RouteSet,
) -> impl Iterator<Item = (RouteId, Case<'a>)> {
    update.verdicts.iter().filter_map(move |(id, verdict)| {
        let lane = lanes.iter().find(|row| row.route == *id).map(|row| &*row.lane);
        Some((*id, Case::new(update, user, verdict, routes.get(*id)?, lane)))
    })
}

fn superseded_by(update: &UpdateRow, user: &UserRow) -> Option<Version> {
    let mut newest = None;
    for leaf in &update.changed {
        let version = user.profile.get(leaf)?.version;
        if version <= update.version {
            return None;
        }
        newest = newest.max(Some(version));
    }
    newest
}

struct Case<'a> {
    update: &'a UpdateRow,
    user: &'a UserRow,
    verdict: &'a RouteVerdict,
    route: &'a Route,
    lane: Option<Cow<'a, Lane>>,
    view: OnceCell<RouteView>,
}

impl<'a> Case<'a> {
    fn new(
        update: &'a UpdateRow,
        user: &'a UserRow,
        verdict: &'a RouteVerdict,
        route: &'a Route,
        lane: Option<&'a Lane>,
    ) -> Self {
        let mut case = Self { update, user, verdict, route, lane: None, view: OnceCell::new() };
        case.lane = lane.map(|lane| match lane.is_outdated(route.place()) {
            true => Cow::Owned(lane.seen_by(&case.view().facts())),
            false => Cow::Borrowed(lane),
        });
        case
    }

    /// What the profile means to the route now; derived when something is not confirmed.
    fn view(&self) -> &RouteView {
        self.view.get_or_init(|| RouteView::of(self.route, self.user))
    }

    fn status(&self, condition: impl FnOnce() -> RouteCondition, now: Millis) -> RouteStatus {
        let state = self.state();
        let mut status = RouteStatus {
            state,
            waiting_for: None,
            attempts: 0,
            next_attempt_at: None,
            last_error: None,
            reason: None,
            blocked: Vec::new(),
            leaves: self.leaves(),
            because_of: BTreeMap::new(),
            unverified: Vec::new(),
        };
        let Some(lane) = self.lane.as_deref() else { return status };
        status.because_of = self.because_of(lane, &status.leaves);
        match (state, lane.state) {
            (RouteState::Pending, _) => {
                status.attempts = lane.attempt;
                status.last_error = lane.last_class.map(|class| (class, lane.last_status));
                let condition = condition();
                status.next_attempt_at = next::next_attempt_at(lane, &condition, now);
                status.waiting_for = Some(waiting_for(lane, &condition, now));
            }
            (RouteState::Blocked, State::Blocked(reason)) => {
                status.reason = Some(Reason::Blocked(reason));
                status.last_error = lane.last_class.map(|class| (class, lane.last_status));
                let fate = |leaf: &Leaf| match reason {
                    BlockReason::NeedsData => planner::fate_of_needed(self.route, &self.user.profile, leaf),
                    _ => Fate::Held,
                };
                status.leaves.extend(lane.blocked_leaves.iter().map(|leaf| (leaf.clone(), fate(leaf))));
                status.blocked = lane.blocked_leaves.clone();
            }
            (RouteState::Held, _) => {
                let held = status.leaves.iter().find(|(_, fate)| **fate == Fate::Held);
                let hold =
                    held.and_then(|(leaf, _)| lane.held.get(status.because_of.get(leaf).unwrap_or(leaf)));
                status.reason = hold.map(|hold| Reason::Held(hold.reason));
                let next_try = lane.held.values().filter_map(Hold::next_try).min();
                status.next_attempt_at = next_try.and_then(|at| next::not_before(at, &condition(), now));
            }
            (RouteState::Applied | RouteState::Accepted, _) => {
                let is_of_update = |leaf: &&Leaf| lane.slots.newest(leaf).0 == self.update.version;
                status.unverified = lane.unverified.iter().filter(is_of_update).cloned().collect();
            }
            _ => {}
        }
        status
    }

    /// The first that fits.
    fn state(&self) -> RouteState {
        if self.user.erased_at.is_some() || self.update.incarnation < self.user.incarnation {
            return RouteState::Erased;
        }
        match self.verdict.verdict {
            Verdict::NoIdentity => return RouteState::NoIdentity,
            Verdict::NotMatching => return RouteState::NotMatching,
            Verdict::NothingToSend => return RouteState::NothingToSend,
            Verdict::Owed => {}
        }
        let Some(lane) = self.lane.as_deref() else { return RouteState::NoIdentity };
        if lane.state == State::Erased {
            return RouteState::Erased;
        }
        if planner::subject_of(self.route, &self.user.profile, Some(lane)).is_none() {
            return RouteState::NoIdentity;
        }
        let fates: Vec<Fate> = self.owed(lane).collect();
        let any = |wanted: &[Fate]| fates.iter().any(|fate| wanted.contains(fate));
        let is_blocked = matches!(lane.state, State::Blocked(_));
        let is_open = any(&[Fate::Waiting]);
        match () {
            () if is_open && is_blocked => RouteState::Blocked,
            () if is_open => RouteState::Pending,
            () if any(&[Fate::Held]) => RouteState::Held,
            // The route has ceased to serve the user before the update could be sent.
            () if any(&[Fate::NotMatching]) => RouteState::NotMatching,
            () if any(&[Fate::Unknown]) => RouteState::Unknown,
            () if fates.iter().all(|fate| *fate == Fate::NothingToSend) && !fates.is_empty() => {
                RouteState::NothingToSend
            }
            () if fates.iter().all(|fate| is_delivered(*fate)) => self.success(),
            () => RouteState::NotDelivered,
        }
    }

    fn success(&self) -> RouteState {
        match self.route.adapter.dialect().success_means {
            Means::Applied => RouteState::Applied,
            Means::Accepted => RouteState::Accepted,
        }
    }

    /// What has become of what was owed because of the update: its leaves, or, of one that gave nothing but an identity, all that
    /// the user had then.
    fn owed<'b>(&'b self, lane: &'b Lane) -> Box<dyn Iterator<Item = Fate> + 'b> {
        let mut leaves =
            self.update.changed.iter().filter(|leaf| !self.verdict.fates.contains_key(leaf)).peekable();
        if leaves.peek().is_some() {
            return Box::new(leaves.map(move |leaf| self.leaf(lane, leaf, self.update.version)));
        }
        let carried = self.view().carried().filter(|carried| carried.version <= self.update.version);
        Box::new(carried.map(move |carried| self.leaf(lane, &carried.leaf, carried.version)))
    }

    fn leaves(&self) -> BTreeMap<Leaf, Fate> {
        let changed = self.update.changed.iter().map(|leaf| {
            let at_accept = self.verdict.fates.get(leaf).copied();
            let is_owed = self.verdict.verdict == Verdict::Owed;
            let fate = match self.lane.as_deref().filter(|_| is_owed || at_accept.is_some()) {
                Some(lane) if self.is_of_user() => self.leaf(lane, leaf, self.update.version),
                _ => at_accept.unwrap_or(Fate::NothingToSend),
            };
            (leaf.clone(), fate)
        });
        let unchanged = self.update.unchanged.iter().map(|leaf| (leaf.clone(), Fate::Unchanged));
        changed.chain(unchanged).collect()
    }

    /// Of the leaves that are not sent, the one that goes together with each and is the cause.
    fn because_of(&self, lane: &Lane, leaves: &BTreeMap<Leaf, Fate>) -> BTreeMap<Leaf, Leaf> {
        // What was sent, or can never be, goes by itself.
        let is_stopped =
            |fate: &Fate| !is_delivered(*fate) && !matches!(fate, Fate::Waiting | Fate::Unchanged);
        if self.route.mapping.groups().is_empty() || !leaves.values().any(is_stopped) {
            return BTreeMap::new();
        }
        let causes = stopped(self.route, &self.user.profile, lane, self.view()).into_iter();
        let of_update = causes.filter(|(leaf, _)| leaves.get(leaf).is_some_and(is_stopped));
        of_update.filter_map(|(leaf, (_, companion))| Some((leaf, companion?))).collect()
    }

    /// Whether the user is the one that the update was about.
    fn is_of_user(&self) -> bool {
        self.user.erased_at.is_none() && self.update.incarnation == self.user.incarnation
    }

    /// What has become of a version of one leaf. The first that fits.
    fn leaf(&self, lane: &Lane, leaf: &Leaf, version: Version) -> Fate {
        match lane.slots.newest(leaf) {
            (newest, true) if newest >= version => return Fate::Unknown,
            (newest, false) if newest == version => {
                return match self.route.adapter.dialect().success_means {
                    Means::Applied => Fate::Applied,
                    Means::Accepted => Fate::Accepted,
                };
            }
            (newest, false) if newest > version => return Fate::Replaced,
            _ => {}
        }
        if let Some(fate) = self.verdict.fates.get(leaf) {
            return *fate;
        }
        let profile = &self.user.profile;
        let is_newest = profile.get(leaf).is_some_and(|entry| entry.version == version);
        let overtaken = match () {
            () if version <= lane.known_since => Fate::Unknown,
            () if mutation::is_on(Mutation::SupersededIsReplaced) => Fate::Replaced,
            () => Fate::NotDelivered,
        };
        let view = self.view();
        let facts = view.facts();
        if !facts.serves {
            return Fate::NotMatching;
        }
        let Some(carried) = facts.carried.get(leaf) else {
            let fate = planner::fate(self.route, profile, leaf).filter(|_| is_newest);
            return fate.unwrap_or(overtaken);
        };
        if let Some(stop) = lane::stop(lane, &facts, carried) {
            return if is_newest { fate_of(self.route, profile, stop).0 } else { overtaken };
        }
        if lane::has_nothing_to_send(lane, &facts, leaf) {
            return if is_newest { Fate::NothingToSend } else { overtaken };
        }
        Fate::Waiting
    }
}

fn is_delivered(fate: Fate) -> bool {
    matches!(fate, Fate::Applied | Fate::Accepted | Fate::Replaced | Fate::NothingToSend)
}

/// What a lane that owes something waits for.
pub fn waiting_for(lane: &Lane, condition: &RouteCondition, now: Millis) -> WaitingFor {
    if lane.state == State::InFlight {
        return WaitingFor::Turn;
    }
    match () {
        () if condition.pause.is_some() => WaitingFor::RoutePaused,
        () if condition.breaker_until.is_some() => WaitingFor::Breaker,
        () if condition.throttled_until.is_some() => WaitingFor::Rate,
        () if lane.isolating_since.is_some() => WaitingFor::Isolation,
        () => match lane.state {
            State::Wait(WaitCause::Backoff | WaitCause::Outage) if lane.next_at > now => WaitingFor::Backoff,
            _ => WaitingFor::Turn,
        },
    }
}
