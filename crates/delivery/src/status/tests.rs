use std::{collections::BTreeMap, sync::Arc};

use adapter::Fate;
use canonical::{Leaf, Patch, Profile, Rules};
use serde_json::json;

use super::*;
use crate::{
    Enrol, Route, RouteId, RouteSet,
    gate::{Pause, PauseReason, RouteCondition},
    lane::{BlockReason, Hold, HoldReason, Lane, Slot, Slots, State, WaitCause, Watermark},
    planner::RouteView,
    store::{LaneRow, RouteVerdict, UpdateRow, UserRow, Verdict},
    testing::{confirmed, route},
};

const ROUTE: RouteId = RouteId(1);

fn communal() -> Arc<Route> {
    route(
        "main",
        Arc::new(adapter_communal::Adapter::new(adapter_communal::Options::default())),
        Enrol::Identity,
    )
}

fn usercom() -> Arc<Route> {
    let adapter = adapter_usercom::Adapter::new(adapter_usercom::Options);
    route("main", Arc::new(adapter), Enrol::Identity)
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
    let user = UserRow {
        incarnation: 1,
        version: 3,
        profile: Arc::new(profile),
        erased_at: None,
        updated_at: 0,
        manager: Default::default(),
    };
    let lane = Lane { state: State::Ready, ..Lane::new(Some("89".to_owned())) };
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

    /// The vendor has confirmed what the user has now.
    fn confirm(&mut self) {
        self.lane.state = State::Idle;
        self.lane.slots = confirmed(&self.route, &self.user, self.user.version);
        self.lane.last_send_at = Some(1);
    }

    /// The user gets these values in a new version.
    fn change(&mut self, body: &serde_json::Value) {
        let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch");
        let mut profile = Profile::clone(&self.user.profile);
        self.user.version += 1;
        profile.apply(&patch, self.user.version).expect("small");
        self.user.profile = Arc::new(profile);
    }

    fn slot(&mut self, name: &str, change: impl FnOnce(&mut Slot)) {
        let mut slots: Vec<Slot> = self.lane.slots.iter().cloned().collect();
        change(slots.iter_mut().find(|slot| &*slot.name == name).expect("a slot"));
        self.lane.slots = Slots::of(slots, BTreeMap::new()).expect("in order");
    }

    fn standing(&self) -> Standing {
        of_user(&self.route, &self.user, Some(&self.lane), &self.condition)
    }

    fn leaf(&self, leaf: &Leaf) -> Fate {
        self.status().leaves[leaf]
    }

    fn hold(&mut self, leaf: Leaf) {
        let view = RouteView::of(&self.route, &self.user);
        let held = view.carried().find(|carried| carried.leaf == leaf).expect("carried");
        self.lane.held.insert(leaf, Hold::new(held.version, held.way, HoldReason::Named, 0));
    }
}

#[test]
fn a_confirmed_version_is_applied_and_so_is_every_older_one() {
    let mut case = case();
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::Pending, Fate::Waiting));
    case.confirm();
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::Applied, Fate::Applied));
    case.change(&json!({ "email": "b@x.org" }));
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::Applied, Fate::Applied));
    case.confirm();
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::Applied, Fate::Replaced));
    assert_eq!(case.leaf(&Leaf::PhoneNumber), Fate::Applied);
}

#[test]
fn a_value_that_gave_way_to_one_that_cannot_be_carried_is_never_called_delivered() {
    let mut case = case();
    case.route = usercom();
    case.lane.subject = Some("42".to_owned());
    case.change(&json!({ "phone_number": null }));
    assert_eq!((case.state(), case.leaf(&Leaf::PhoneNumber)), (RouteState::Pending, Fate::NotDelivered));
    case.confirm();
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::NotDelivered, Fate::Applied));
    assert_eq!(case.standing().confirmed_version, Some(4));
    assert_eq!(case.standing().leaves[&Leaf::PhoneNumber], Fate::NotClearable);
}

#[test]
fn what_the_vendor_keeps_is_told_with_the_reason() {
    let mut case = case();
    case.route = usercom();
    case.lane.subject = Some("42".to_owned());
    case.confirm();
    assert_eq!((case.standing().state, case.standing().kept.len()), (StandingState::InStep, 0));
    case.change(&json!({ "phone_number": null }));
    let standing = case.standing();
    assert_eq!((standing.state, standing.kept.len()), (StandingState::InStepExcept, 1));
    let KeptLeaf { kept, because, .. } = &standing.kept[0];
    assert_eq!((&*kept.slot, &kept.leaf, kept.version), ("phone_number", &Leaf::PhoneNumber, Some(3)));
    assert_eq!((kept.is_certain, kept.since, *because), (true, Some(100), Fate::NotClearable));
    case.slot("phone_number", |slot| slot.in_doubt = true);
    assert!(!case.standing().kept[0].kept.is_certain);
}

#[test]
fn what_a_lost_request_may_overwrite_is_in_doubt_and_not_in_step() {
    let mut case = case();
    case.confirm();
    case.slot("email", |slot| slot.in_doubt = true);
    assert_eq!(case.standing().state, StandingState::InDoubt);
    case.hold(Leaf::PhoneNumber);
    assert_eq!(case.standing().state, StandingState::InDoubt, "the rest is not in step");
}

#[test]
fn what_only_an_older_schema_knows_has_words_of_its_own() {
    let mut case = case();
    case.lane.state = State::Idle;
    (case.lane.last_send_at, case.lane.pinned) = (Some(1), true);
    case.lane.watermark = Some(Watermark { acked: 3, floor: 3, times: Vec::new() });
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::Unknown, Fate::Unknown));
    assert_eq!(case.standing().state, StandingState::Assumed);
    case.lane.watermark = Some(Watermark { acked: 2, floor: 2, times: Vec::new() });
    assert_eq!((case.state(), case.standing().state), (RouteState::Pending, StandingState::Behind));
}

#[test]
fn nothing_was_sent_to_whom_nothing_was_confirmed_and_nothing_is_owed() {
    let mut case = case();
    (case.lane.state, case.user.profile) = (State::Idle, Arc::default());
    let standing = case.standing();
    assert_eq!((standing.state, standing.confirmed_version), (StandingState::NothingSent, None));
}

#[test]
fn another_place_has_confirmed_nothing() {
    let mut case = case();
    case.confirm();
    case.lane.place = Some(adapter::Fingerprint::of_text("https://elsewhere.example"));
    assert_eq!(case.standing().state, StandingState::Behind);
    assert_eq!(case.state(), RouteState::Pending);
}

#[test]
fn a_vendor_that_only_takes_updates_never_shows_them_as_applied() {
    let options = adapter_village::Options { network_id: "n1".to_owned() };
    let mut case = Case {
        route: route("main", Arc::new(adapter_village::Adapter::new(options)), Enrol::Identity),
        ..case()
    };
    case.lane.subject = Some("jane@x.org".to_owned());
    let fates = BTreeMap::from([(Leaf::Email, Fate::Unsupported)]);
    case.update.verdicts.insert(ROUTE, RouteVerdict { verdict: Verdict::Owed, fates });
    case.confirm();
    assert_eq!((case.state(), case.leaf(&Leaf::PhoneNumber)), (RouteState::Accepted, Fate::Accepted));
}

#[test]
fn what_was_found_at_accept_time_does_not_change() {
    let mut case = case();
    for (verdict, state) in [
        (Verdict::NoIdentity, RouteState::NoIdentity),
        (Verdict::NotMatching, RouteState::NotMatching),
        (Verdict::NothingToSend, RouteState::NothingToSend),
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
    case.confirm();
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
    case.confirm();
    case.slot("email", |slot| slot.version = 2);
    case.hold(Leaf::Email);
    assert_eq!(case.state(), RouteState::Held);
    assert_eq!((case.leaf(&Leaf::Email), case.leaf(&Leaf::PhoneNumber)), (Fate::Held, Fate::Applied));
    assert_eq!(case.status().reason, Some(Reason::Held(HoldReason::Named)));
    case.change(&json!({ "email": "b@x.org" }));
    case.hold(Leaf::Email);
    assert_eq!((case.state(), case.leaf(&Leaf::Email)), (RouteState::NotDelivered, Fate::NotDelivered));
}

#[test]
fn a_held_leaf_that_stops_the_rest_is_a_block() {
    let mut case = case();
    case.hold(Leaf::Email);
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
    let status = case.status();
    assert_eq!((status.waiting_for, status.next_attempt_at), (Some(WaitingFor::Breaker), Some(9_000)));
    case.condition.pause = Some(Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 });
    let status = case.status();
    assert_eq!((status.waiting_for, status.next_attempt_at), (Some(WaitingFor::RoutePaused), None));
    case.lane.state = State::InFlight;
    assert_eq!(case.status().waiting_for, Some(WaitingFor::Turn));
}

#[test]
fn the_next_try_of_a_refused_value_is_not_before_the_route_sends() {
    let mut case = case();
    case.confirm();
    case.slot("email", |slot| slot.version = 2);
    case.hold(Leaf::Email);
    let own = case.lane.held[&Leaf::Email].next_try().expect("a refused value is tried again");
    let next = |case: &Case| {
        let status = case.status();
        assert_eq!(status.state, RouteState::Held);
        status.next_attempt_at
    };
    assert_eq!(next(&case), Some(own));
    case.condition.throttled_until = Some(own + 5_000);
    assert_eq!(next(&case), Some(own + 5_000));
    case.condition.pause = Some(Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 });
    assert_eq!(next(&case), None, "nobody knows when somebody resumes it");
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
    assert_eq!(case.standing().state, StandingState::Behind);
    case.condition.pause = Some(Pause { reason: PauseReason::Auth, probe_at: None, probes: 0 });
    assert_eq!(case.standing().state, StandingState::Paused);
    case.confirm();
    assert_eq!((case.standing().state, case.standing().confirmed_version), (StandingState::InStep, Some(3)));
    case.slot("email", |slot| slot.version = 2);
    case.hold(Leaf::Email);
    assert_eq!(case.standing().state, StandingState::Held);
    case.lane.state = State::Blocked(BlockReason::Forbidden);
    assert_eq!(case.standing().reason, Some(BlockReason::Forbidden));
    case.lane.subject = None;
    assert_eq!(case.standing().state, StandingState::NoIdentity);
}

#[test]
fn a_lane_stands_by_its_block_before_its_holds_and_since_it_is_out_of_step() {
    let mut lane = Lane { state: State::Wait(WaitCause::Backoff), dirty_since: Some(10), ..Lane::default() };
    lane.first_fail_at = Some(50);
    let behind = of_lane(&lane);
    assert_eq!((behind.state, behind.reason, behind.leaves.len()), (StandingState::Behind, None, 0));
    assert_eq!(behind.since, Some(10), "not since it fails");
    lane.held.insert(Leaf::Email, Hold::new(3, adapter::Fingerprint::of_number(7), HoldReason::Named, 60));
    let held = of_lane(&lane);
    let because = Some(Reason::Held(HoldReason::Named));
    assert_eq!(
        (held.state, held.reason),
        (StandingState::Behind, because),
        "something else is on its way, too"
    );
    assert_eq!((held.concerned, held.since), (vec![Leaf::Email], Some(10)));
    (lane.state, lane.next_at) = (State::Blocked(BlockReason::NeedsData), 0);
    lane.blocked_leaves = vec![Leaf::GivenName];
    let blocked = of_lane(&lane);
    let needs_data = Reason::Blocked(BlockReason::NeedsData);
    assert_eq!((blocked.state, blocked.reason), (StandingState::Blocked, Some(needs_data)));
    assert_eq!(blocked.concerned, [Leaf::GivenName]);
    assert_eq!(blocked.leaves, BTreeMap::from([(Leaf::Email, Fate::Held), (Leaf::GivenName, Fate::Missing)]));
    lane = Lane { held: lane.held, ..Lane::default() };
    assert_eq!((of_lane(&lane).state, of_lane(&lane).since), (StandingState::Held, Some(60)));
    assert_eq!(
        (of_lane(&Lane::default()).state, of_lane(&Lane::default()).since),
        (StandingState::NothingSent, None)
    );
}
