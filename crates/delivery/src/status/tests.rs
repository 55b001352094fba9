use std::{collections::BTreeMap, sync::Arc};

use adapter::Fate;
use canonical::{Leaf, Patch, Profile, Rules};
use serde_json::json;

use super::*;
use crate::{
    Enrol, Route, RouteSet,
    gate::{Pause, PauseReason, RouteCondition},
    lane::{BlockReason, Hold, HoldReason, Lane, State, Version, WaitCause},
    store::{LaneRow, RouteId, RouteVerdict, UpdateRow, UserRow, Verdict},
    testing::route,
};

const ROUTE: RouteId = RouteId(1);

fn communal() -> Arc<Route> {
    route(
        "main",
        Arc::new(adapter_communal::Adapter::new(adapter_communal::Options::default())),
        Enrol::Identity,
    )
}

/// A user at version 3 whose third update changed the e-mail address and the telephone number, and a lane.
struct Case {
    update: UpdateRow,
    user: UserRow,
    lane: Lane,
    route: Arc<Route>,
    condition: RouteCondition,
}

fn case() -> Case {
    let mut profile = Profile::default();
    let body = json!({ "email": "jane@x.org", "phone_number": "+14165551234" });
    let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch");
    profile.apply(&patch, 3).expect("small");
    let verdict = RouteVerdict { verdict: Verdict::Owed, fates: BTreeMap::new() };
    let update = UpdateRow {
        id: uuid::Uuid::now_v7(),
        user: "crm-42".parse().expect("an id"),
        version: 3,
        caller: "crm".to_owned(),
        at: 0,
        incarnation: 1,
        created: false,
        changed: vec![Leaf::Email, Leaf::PhoneNumber],
        unchanged: vec![],
        effective: true,
        verdicts: BTreeMap::from([(ROUTE, verdict)]),
    };
    let user =
        UserRow { incarnation: 1, version: 3, profile: Arc::new(profile), erased_at: None, updated_at: 0 };
    let lane = Lane {
        state: State::Ready,
        want: 3,
        sent: 2,
        acked: 2,
        floor: 2,
        ..Lane::new(Some("89".to_owned()))
    };
    Case { update, user, lane, route: communal(), condition: RouteCondition::default() }
}

impl Case {
    fn status(&self) -> RouteStatus {
        let lanes = [LaneRow { id: None, route: ROUTE, lane: self.lane.clone().into() }];
        let routes = RouteSet::new([(ROUTE, Arc::clone(&self.route))]);
        let status = of_update(&self.update, &self.user, &lanes, &routes, |_| self.condition, 1_000);
        let pending = pending(&self.update, &self.user, &lanes, &routes);
        assert_eq!(pending.contains(&ROUTE), status.is_pending());
        status.routes["main"].clone()
    }

    fn state(&self) -> RouteState {
        self.status().state
    }

    fn verdict(&mut self, verdict: Verdict) {
        self.update.verdicts.insert(ROUTE, RouteVerdict { verdict, fates: BTreeMap::new() });
    }

    fn confirm(&mut self, version: Version) {
        (self.lane.state, self.lane.want, self.lane.sent) = (State::Idle, version, version);
        (self.lane.acked, self.lane.floor) = (version, version);
    }

    fn hold(&mut self, leaf: Leaf, version: Version) {
        self.lane.held.insert(leaf, Hold::new(version, HoldReason::Named, 0));
    }
}

#[test]
fn a_confirmed_version_is_applied_and_so_is_every_older_one() {
    let mut case = case();
    assert_eq!(case.state(), RouteState::Pending);
    case.confirm(3);
    assert_eq!(case.state(), RouteState::Applied);
    case.confirm(9);
    assert_eq!(case.state(), RouteState::Applied);
}

#[test]
fn a_vendor_that_only_takes_updates_never_shows_them_as_applied() {
    let options = adapter_village::Options { network_id: "n1".to_owned() };
    let mut case = Case {
        route: route("main", Arc::new(adapter_village::Adapter::new(options)), Enrol::Identity),
        ..case()
    };
    case.lane.subject = Some("jane@x.org".to_owned());
    case.confirm(3);
    assert_eq!(case.state(), RouteState::Accepted);
}

#[test]
fn what_was_found_at_accept_time_does_not_change() {
    let mut case = case();
    for (verdict, state) in [
        (Verdict::NoIdentity, RouteState::NoIdentity),
        (Verdict::NotMatching, RouteState::NotMatching),
        (Verdict::NothingToCarry, RouteState::NothingToCarry),
    ] {
        case.verdict(verdict);
        assert_eq!(case.state(), state);
    }
    case.user.erased_at = Some(1);
    assert_eq!(case.state(), RouteState::Erased);
}

#[test]
fn an_update_of_an_earlier_life_stays_erased_and_one_without_a_subject_has_no_identity() {
    let mut case = case();
    case.confirm(9);
    case.user.incarnation = 2;
    assert_eq!(case.state(), RouteState::Erased);
    case.update.incarnation = 2;
    assert_eq!(case.state(), RouteState::Applied);
    case.lane.subject = None;
    assert_eq!(case.state(), RouteState::NoIdentity);
}

#[test]
fn a_held_leaf_shows_only_on_the_update_that_brought_it() {
    let mut case = case();
    case.confirm(4);
    case.hold(Leaf::Email, 3);
    assert_eq!(case.state(), RouteState::Held);
    assert_eq!(case.status().leaves[&Leaf::Email], Fate::Held);
    assert_eq!(case.status().leaves[&Leaf::PhoneNumber], Fate::Sent);
    assert_eq!(case.status().reason, Some(Reason::Held(HoldReason::Named)));
    case.lane.held.clear();
    case.hold(Leaf::Email, 4);
    assert_eq!(case.state(), RouteState::Applied);
}

#[test]
fn a_held_leaf_that_stops_the_rest_is_a_block() {
    let mut case = case();
    case.hold(Leaf::Email, 3);
    case.lane.state = State::Blocked(BlockReason::Rejected);
    case.lane.blocked_leaves = vec![Leaf::Email];
    let status = case.status();
    assert_eq!(
        (status.state, status.reason),
        (RouteState::Blocked, Some(Reason::Blocked(BlockReason::Rejected)))
    );
    assert_eq!(status.leaves[&Leaf::Email], Fate::Held);
}

#[test]
fn a_block_names_what_is_missing() {
    let mut case = case();
    case.lane.state = State::Blocked(BlockReason::NeedsData);
    case.lane.blocked_leaves = vec![Leaf::GivenName];
    assert_eq!(case.status().leaves[&Leaf::GivenName], Fate::Missing);
}

#[test]
fn a_pending_route_tells_what_it_waits_for() {
    let mut case = case();
    assert_eq!(case.status().waiting_for, Some(WaitingFor::Turn));
    (case.lane.state, case.lane.next_at) = (State::Wait(WaitCause::Outage), 5_000);
    let status = case.status();
    assert_eq!((status.waiting_for, status.next_attempt_at), (Some(WaitingFor::Backoff), Some(5_000)));
    case.condition.breaker_until = Some(9_000);
    assert_eq!(case.status().waiting_for, Some(WaitingFor::Breaker));
    case.condition.pause = Some(Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 });
    assert_eq!(case.status().waiting_for, Some(WaitingFor::RoutePaused));
    case.lane.state = State::InFlight;
    assert_eq!(case.status().waiting_for, Some(WaitingFor::Turn));
}

#[test]
fn an_update_is_superseded_when_all_its_leaves_are() {
    let mut case = case();
    let superseded = |case: &Case| {
        let routes = RouteSet::new([(ROUTE, communal())]);
        of_update(&case.update, &case.user, &[], &routes, |_| case.condition, 0).superseded_by
    };
    let mut change = |body: serde_json::Value, version| {
        let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch");
        let mut profile = Profile::clone(&case.user.profile);
        profile.apply(&patch, version).expect("small");
        case.user.profile = Arc::new(profile);
        superseded(&case)
    };
    assert_eq!(change(json!({ "email": "b@x.org" }), 4), None);
    assert_eq!(change(json!({ "phone_number": null }), 5), Some(5));
}

#[test]
fn a_user_stands_at_a_route_as_its_lane_does() {
    let mut case = case();
    let standing = |case: &Case| of_user(&case.route, &case.user, Some(&case.lane), &case.condition);
    assert_eq!(standing(&case).state, StandingState::Behind);
    case.condition.pause = Some(Pause { reason: PauseReason::Auth, probe_at: None, probes: 0 });
    assert_eq!(standing(&case).state, StandingState::Paused);
    case.confirm(3);
    assert_eq!((standing(&case).state, standing(&case).confirmed_version), (StandingState::InStep, Some(3)));
    case.hold(Leaf::Email, 3);
    assert_eq!(standing(&case).state, StandingState::Held);
    case.lane.state = State::Blocked(BlockReason::Forbidden);
    assert_eq!(standing(&case).reason, Some(BlockReason::Forbidden));
    case.lane.subject = None;
    assert_eq!(standing(&case).state, StandingState::NoIdentity);
}

#[test]
fn a_lane_stands_by_its_block_before_its_holds_and_since_it_is_out_of_step() {
    let mut lane = Lane { state: State::Wait(WaitCause::Backoff), dirty_since: Some(10), ..Lane::default() };
    (lane.next_at, lane.first_fail_at) = (70, Some(50));
    let behind = of_lane(&lane);
    assert_eq!((behind.state, behind.reason, behind.leaves.len()), (StandingState::Behind, None, 0));
    assert_eq!((behind.since, behind.next_at), (Some(10), Some(70)), "not since it fails");
    lane.held.insert(Leaf::Email, Hold::new(3, HoldReason::Named, 60));
    let held = of_lane(&lane);
    assert_eq!((held.state, held.reason), (StandingState::Held, Some(Reason::Held(HoldReason::Named))));
    assert_eq!((held.concerned, held.since), (vec![Leaf::Email], Some(10)));
    (lane.state, lane.next_at) = (State::Blocked(BlockReason::NeedsData), 0);
    lane.blocked_leaves = vec![Leaf::GivenName];
    let blocked = of_lane(&lane);
    let needs_data = Reason::Blocked(BlockReason::NeedsData);
    assert_eq!((blocked.state, blocked.reason), (StandingState::Blocked, Some(needs_data)));
    assert_eq!((blocked.concerned, blocked.next_at), (vec![Leaf::GivenName], None));
    assert_eq!(blocked.leaves, BTreeMap::from([(Leaf::Email, Fate::Held), (Leaf::GivenName, Fate::Missing)]));
    lane = Lane { held: lane.held, ..Lane::default() };
    assert_eq!((of_lane(&lane).state, of_lane(&lane).since), (StandingState::Held, Some(60)));
    assert_eq!(
        (of_lane(&Lane::default()).state, of_lane(&Lane::default()).since),
        (StandingState::InStep, None)
    );
}
