use std::collections::BTreeMap;

use adapter::{Fate, Means};
use canonical::Leaf;

use crate::{
    Millis, Route, RouteSet,
    gate::RouteCondition,
    lane::{BlockReason, FailureClass, Hold, HoldReason, Lane, State, Version, WaitCause},
    planner,
    store::{LaneRow, RouteId, RouteVerdict, UpdateRow, UserRow, Verdict},
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
    /// When the next attempt is due, where that is known.
    pub next_attempt_at: Option<Millis>,
    /// The last failure.
    pub last_error: Option<(FailureClass, Option<u16>)>,
    /// Why the route is blocked.
    pub reason: Option<Reason>,
    /// What becomes of each leaf.
    pub leaves: BTreeMap<Leaf, Fate>,
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
    /// The route carries nothing of the update.
    NothingToCarry,
    /// The vendor refused a leaf of the update; the others went on.
    Held,
    /// The vendor applied this version or a newer one.
    Applied,
    /// The vendor took this version or a newer one, and may apply it later.
    Accepted,
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
        Some((*id, Case { update, user, verdict, route: routes.get(*id)?, lane }))
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
    lane: Option<&'a Lane>,
}

impl Case<'_> {
    fn status(&self, condition: impl FnOnce() -> RouteCondition, now: Millis) -> RouteStatus {
        let state = self.state();
        let mut status = RouteStatus {
            state,
            waiting_for: None,
            attempts: 0,
            next_attempt_at: None,
            last_error: None,
            reason: None,
            leaves: self.leaves(),
            unverified: Vec::new(),
        };
        let Some(lane) = self.lane else { return status };
        match (state, lane.state) {
            (RouteState::Pending, _) => {
                status.attempts = lane.attempt;
                status.last_error = lane.last_class.map(|class| (class, lane.last_status));
                status.next_attempt_at = matches!(lane.state, State::Wait(_)).then_some(lane.next_at);
                status.waiting_for = Some(waiting_for(lane, &condition(), now));
            }
            (RouteState::Blocked, State::Blocked(reason)) => {
                status.reason = Some(Reason::Blocked(reason));
                status.last_error = lane.last_class.map(|class| (class, lane.last_status));
                let fate = if reason == BlockReason::NeedsData { Fate::Missing } else { Fate::Held };
                status.leaves.extend(lane.blocked_leaves.iter().map(|leaf| (leaf.clone(), fate)));
            }
            (RouteState::Held, _) => {
                status.reason = self.held(lane).next().map(|(_, reason)| Reason::Held(reason));
                status.next_attempt_at = lane.held.values().filter_map(Hold::next_try).min();
            }
            (RouteState::Applied | RouteState::Accepted, _) if lane.acked == self.update.version => {
                status.unverified = lane.unverified.clone();
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
            Verdict::NothingToCarry => return RouteState::NothingToCarry,
            Verdict::Owed => {}
        }
        let Some(lane) = self.lane else { return RouteState::NoIdentity };
        if lane.state == State::Erased {
            return RouteState::Erased;
        }
        if planner::subject_of(self.route, &self.user.profile, Some(lane)).is_none() {
            return RouteState::NoIdentity;
        }
        let confirmed = lane.acked >= self.update.version;
        // A refused leaf of which the vendor has never taken any value can stop the rest as well: then nothing goes on.
        if self.held(lane).next().is_some() && (confirmed || !matches!(lane.state, State::Blocked(_))) {
            return RouteState::Held;
        }
        if confirmed {
            return match self.route.adapter.dialect().success_means {
                Means::Applied => RouteState::Applied,
                Means::Accepted => RouteState::Accepted,
            };
        }
        match lane.state {
            State::Blocked(_) => RouteState::Blocked,
            // The route has ceased to serve the user before the update could be sent.
            State::Idle if !self.route.serves(&self.user.profile) => RouteState::NotMatching,
            _ => RouteState::Pending,
        }
    }

    /// The leaves of the update that the vendor refused at the update's own version.
    fn held<'a>(&'a self, lane: &'a Lane) -> impl Iterator<Item = (&'a Leaf, HoldReason)> {
        lane.held
            .iter()
            .filter(|(leaf, hold)| hold.version == self.update.version && self.update.changed.contains(leaf))
            .map(|(leaf, hold)| (leaf, hold.reason))
    }

    fn leaves(&self) -> BTreeMap<Leaf, Fate> {
        let changed = self.update.changed.iter().map(|leaf| (leaf.clone(), Fate::Sent));
        let unchanged = self.update.unchanged.iter().map(|leaf| (leaf.clone(), Fate::Unchanged));
        let mut leaves: BTreeMap<Leaf, Fate> = changed.chain(unchanged).collect();
        leaves.extend(self.verdict.fates.iter().map(|(leaf, fate)| (leaf.clone(), *fate)));
        if let Some(lane) = self.lane {
            leaves.extend(self.held(lane).map(|(leaf, _)| (leaf.clone(), Fate::Held)));
        }
        leaves
    }
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
        () if lane.step.is_some() => WaitingFor::Isolation,
        () => match lane.state {
            State::Wait(WaitCause::Backoff | WaitCause::Outage) if lane.next_at > now => WaitingFor::Backoff,
            _ => WaitingFor::Turn,
        },
    }
}
