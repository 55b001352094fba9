//! Accepts, claims, settles and erases over rows, without a store.

use std::{sync::Arc, time::Duration};

use adapter::Fate;
use canonical::{Leaf, Patch, Rules};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    Enrol, RouteSet,
    lane::{BlockReason, Outcome, Priority, Sent, Settle, State},
    planner,
    store::*,
    testing::route,
};

const COMMUNAL: RouteId = RouteId(1);
const VILLAGE: RouteId = RouteId(2);

fn routes() -> Arc<RouteSet> {
    let communal = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let village = adapter_village::Adapter::new(adapter_village::Options { network_id: "n1".to_owned() });
    Arc::new(RouteSet::new([
        (COMMUNAL, route("communal", Arc::new(communal), Enrol::Identity)),
        (VILLAGE, route("village", Arc::new(village), Enrol::Email)),
    ]))
}

/// A store of one user.
struct World {
    routes: Arc<RouteSet>,
    user: Option<UserRow>,
    lanes: Vec<LaneRow>,
    taken: Vec<RouteId>,
}

impl World {
    fn new() -> Self {
        Self { routes: routes(), user: None, lanes: Vec::new(), taken: Vec::new() }
    }

    fn command(&self, body: &serde_json::Value) -> Accept {
        Accept {
            id: Uuid::now_v7(),
            user: "crm-42".parse().expect("a user id"),
            patch: Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch"),
            precondition: Precondition::None,
            idempotency: None,
            caller: Actor("crm".to_owned()),
            may_create: true,
            may_operate: false,
            routes: Arc::clone(&self.routes),
            grants: Vec::new(),
            priority: Priority::Interactive,
            now: 1_000,
        }
    }

    fn try_accept(&mut self, command: &Accept) -> Result<UpdateRow, AcceptError> {
        let loaded = Loaded { user: self.user.clone(), lanes: self.lanes.clone(), taken: self.taken.clone() };
        let writes = accept(command, loaded)?;
        self.user = Some(writes.user);
        for (at, mut row) in writes.lanes.into_iter().enumerate() {
            row.id = row.id.or(Some(LaneId(at as i64 + 1)));
            self.lanes.retain(|lane| lane.route != row.route);
            self.lanes.push(row);
        }
        Ok(writes.update)
    }

    fn accept(&mut self, body: &serde_json::Value) -> UpdateRow {
        let command = self.command(body);
        self.try_accept(&command).expect("accepted")
    }

    fn refused(&mut self, body: &serde_json::Value) -> AcceptError {
        let command = self.command(body);
        self.try_accept(&command).expect_err("refused")
    }

    fn user(&self) -> &UserRow {
        self.user.as_ref().expect("a user")
    }

    fn lane(&self, id: RouteId) -> &LaneRow {
        self.lanes.iter().find(|row| row.route == id).expect("a lane")
    }

    fn claim(&mut self, id: RouteId, taken: bool) -> Option<Work> {
        let row = self.lane(id).clone();
        let mut loaded =
            ClaimLoaded { row, user_id: "crm-42".parse().expect("a user id"), user: self.user().clone() };
        let work = claim(&self.routes, &mut loaded, 2_000, |_| taken);
        self.lanes.retain(|lane| lane.route != id);
        self.lanes.push(loaded.row);
        work
    }

    fn settle(&mut self, work: &Work, outcome: Outcome) -> bool {
        let sent = Sent { payload: work.claim.payload.clone(), ..Sent::default() };
        let settle = Settle { epoch: work.claim.epoch, started_at: 2_000, sent, outcome };
        let route = Arc::clone(self.routes.get(work.route).expect("a route"));
        let settlement = Settlement { lane: work.lane, route, settle, attempt: None, now: 2_100 };
        let (profile, version) = (Arc::clone(&self.user().profile), self.user().version);
        let row = self.lanes.iter_mut().find(|row| row.route == work.route).expect("a lane");
        super::settle(settlement, &mut row.lane, &profile, version)
    }

    fn verdict(update: &UpdateRow, id: RouteId) -> Verdict {
        update.verdicts[&id].verdict
    }
}

fn ok() -> Outcome {
    Outcome::Ok { witness: None, unverified: Vec::new() }
}

fn jane() -> serde_json::Value {
    json!({"given_name": "Jane", "family_name": "Doe", "email": "Jane@x.org", "identities": {"communal": 89}})
}

#[test]
fn an_update_is_owed_where_there_is_a_subject() {
    let mut world = World::new();
    let update = world.accept(&json!({"title": "Coach", "phone_number": "+14165551234"}));
    assert_eq!((update.version, update.created, update.effective), (1, true, true));
    assert_eq!(World::verdict(&update, COMMUNAL), Verdict::NoIdentity);
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::NoIdentity);
    assert!(world.lanes.is_empty(), "no subject, no lane");
    let update = world.accept(&jane());
    assert_eq!(World::verdict(&update, COMMUNAL), Verdict::Owed);
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::Owed);
    let work = world.claim(COMMUNAL, false).expect("due");
    let leaves: Vec<&str> = work.claim.payload.iter().map(|(leaf, _)| leaf.name()).collect();
    assert_eq!(
        leaves,
        ["phone_number", "email", "family_name", "given_name"],
        "the first request carries everything"
    );
}

#[test]
fn an_identity_at_one_route_makes_no_other_route_owe_anything() {
    let mut world = World::new();
    world.accept(&jane());
    let work = world.claim(VILLAGE, false).expect("due");
    world.settle(&work, ok());
    let command = world.command(&json!({"identities": {"communal": 90}}));
    let command = Accept { may_operate: true, ..command };
    let update = world.try_accept(&command).expect("an operator may");
    assert_eq!(World::verdict(&update, COMMUNAL), Verdict::Owed);
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::NothingToCarry);
}

#[test]
fn what_a_route_cannot_carry_is_told_and_never_touches_its_lane() {
    let mut world = World::new();
    world.accept(&jane());
    let work = world.claim(VILLAGE, false).expect("due");
    world.settle(&work, ok());
    let before = world.lane(VILLAGE).clone();
    let update = world.accept(&json!({"title": "Coach", "phone_number": null}));
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::NothingToCarry);
    let fates = &update.verdicts[&VILLAGE].fates;
    assert_eq!((fates[&Leaf::Title], fates[&Leaf::PhoneNumber]), (Fate::Unsupported, Fate::NotClearable));
    assert_eq!(*world.lane(VILLAGE), before);
}

#[test]
fn an_update_that_changes_nothing_has_no_version_of_its_own() {
    let mut world = World::new();
    world.accept(&jane());
    let update = world.accept(&jane());
    assert_eq!((update.version, update.effective, update.unchanged.len()), (1, false, 3));
    assert_eq!(world.user().version, 1);
}

#[test]
fn preconditions_are_checked_against_the_living_user() {
    let mut world = World::new();
    let mut with = |precondition, body| {
        let command = Accept { precondition, ..world.command(&body) };
        world.try_accept(&command).map(|update| update.version)
    };
    let mismatch = |current| Err(AcceptError::VersionMismatch { current });
    assert_eq!(with(Precondition::Exists, json!({"title": "a"})), mismatch(None));
    assert_eq!(with(Precondition::Version(1), json!({"title": "a"})), mismatch(None));
    assert_eq!(with(Precondition::Absent, json!({"title": "a"})), Ok(1));
    assert_eq!(with(Precondition::Absent, json!({"title": "b"})), mismatch(Some(1)));
    assert_eq!(with(Precondition::Version(7), json!({"title": "b"})), mismatch(Some(1)));
    assert_eq!(with(Precondition::Version(1), json!({"title": "b"})), Ok(2));
    assert_eq!(with(Precondition::Exists, json!({"title": "c"})), Ok(3));
}

#[test]
fn a_caller_that_may_not_create_gets_no_such_user() {
    let mut world = World::new();
    let command = Accept { may_create: false, ..world.command(&json!({"title": "a"})) };
    assert_eq!(world.try_accept(&command), Err(AcceptError::UserNotFound));
}

#[test]
fn identities_are_set_once_and_changed_by_operators_only() {
    let mut world = World::new();
    let unknown = world.refused(&json!({"identities": {"comunal": 1}}));
    assert_eq!(unknown, AcceptError::UnknownRoute { name: "comunal".to_owned() });
    assert!(matches!(world.refused(&json!({"identities": {"communal": "x"}})), AcceptError::Invalid(_)));
    world.taken = vec![COMMUNAL];
    assert_eq!(world.refused(&jane()), AcceptError::IdentityTaken { route: "communal".to_owned() });
    world.taken.clear();
    world.accept(&jane());
    assert!(
        !world.accept(&json!({"identities": {"communal": "089"}})).effective,
        "the same id in another spelling"
    );
    let pinned = AcceptError::IdentityPinned { route: "communal".to_owned() };
    assert_eq!(world.refused(&json!({"identities": {"communal": 90}})), pinned);
    assert_eq!(world.refused(&json!({"identities": {"communal": null}})), pinned);
    let command = Accept { may_operate: true, ..world.command(&json!({"identities": {"communal": 90}})) };
    assert!(world.try_accept(&command).expect("an operator may").effective);
    let lane = &world.lane(COMMUNAL).lane;
    assert_eq!((lane.subject.as_deref(), lane.floor, lane.state), (Some("90"), 0, State::Ready));
}

#[test]
fn an_address_is_reserved_at_the_claim_and_pinned_by_success() {
    let mut world = World::new();
    world.accept(&jane());
    assert_eq!(world.lane(VILLAGE).lane.subject_key, None);
    let work = world.claim(VILLAGE, false).expect("due");
    assert_eq!(work.claim.subject, "Jane@x.org", "sent as received");
    assert_eq!(world.lane(VILLAGE).lane.subject_key.as_deref(), Some("jane@x.org"));
    world.settle(&work, ok());
    assert!(world.lane(VILLAGE).lane.pinned);
    world.accept(&json!({"email": "new@x.org", "given_name": "Janet"}));
    assert_eq!(
        world.claim(VILLAGE, false).expect("due").claim.subject,
        "Jane@x.org",
        "an address is no data"
    );
}

#[test]
fn two_users_never_write_to_one_address() {
    let mut world = World::new();
    world.accept(&jane());
    assert!(world.claim(VILLAGE, true).is_none());
    assert_eq!(world.lane(VILLAGE).lane.state, State::Blocked(BlockReason::SubjectTaken));
    world.accept(&json!({"email": "other@x.org"}));
    assert_eq!(world.claim(VILLAGE, false).expect("due").claim.subject, "other@x.org");
}

#[test]
fn an_erased_user_comes_back_only_when_asked_for_and_versions_go_on() {
    let mut world = World::new();
    world.accept(&jane());
    let work = world.claim(COMMUNAL, false).expect("due");
    let windows = vec![(COMMUNAL, 75_000)];
    let command =
        Erase { user: "crm-42".parse().expect("an id"), by: Actor("dpo".to_owned()), windows, now: 3_000 };
    let writes = erase(&command, world.user().clone(), world.lanes.clone());
    assert_eq!((writes.erased.version, writes.erased.disclosed_to.clone()), (2, vec![COMMUNAL]));
    (world.user, world.lanes) = (Some(writes.user), writes.lanes);
    assert!(!world.settle(&work, ok()), "a late answer changes nothing");
    assert_eq!(world.refused(&jane()), AcceptError::UserErased { at: 3_000 });
    let again = erase(&command, world.user().clone(), world.lanes.clone());
    assert_eq!((again.erased.at, again.lanes.is_empty(), again.audit), (3_000, true, None));
    // The clock may have been set meanwhile: how long ago the request was lost is not known.
    let (user, lanes) = (world.user.clone(), world.lanes.clone());
    for now in [1_000, 4_000_000] {
        (world.user, world.lanes) = (user.clone(), lanes.clone());
        let revive = Accept { precondition: Precondition::Absent, now, ..world.command(&jane()) };
        world.try_accept(&revive).expect("a new incarnation");
        assert_eq!(world.lane(COMMUNAL).lane.suspect_until, Some(now + 75_000));
    }
    (world.user, world.lanes) = (user, lanes);
    let revive = Accept { precondition: Precondition::Absent, ..world.command(&jane()) };
    let update = world.try_accept(&revive).expect("a new incarnation");
    assert_eq!((update.version, update.created, world.user().incarnation), (3, true, 2));
    assert_eq!(update.incarnation, 2);
    let lane = &world.lane(COMMUNAL).lane;
    assert_eq!((lane.state, lane.floor), (State::Ready, 2));
}

#[test]
fn what_a_process_before_has_sent_may_have_been_sent_just_before_it_ended() {
    let queueing = |began| {
        let village = adapter_village::Adapter::new(adapter_village::Options { network_id: "n1".to_owned() });
        let mut route =
            Arc::into_inner(route("village", Arc::new(village), Enrol::Email)).expect("only here");
        route.limits.apply_window = Some(Duration::from_millis(600));
        Arc::new(RouteSet::new([(VILLAGE, Arc::new(route))]).of_process(began))
    };
    for (began, suspect) in [(0, None), (1_500, Some(2_600))] {
        let mut world = World { routes: queueing(began), ..World::new() };
        world.accept(&json!({"email": "jane@x.org", "given_name": "Jane"}));
        world.lanes[0].lane.last_send_at = Some(100);
        world.claim(VILLAGE, false).expect("due");
        assert_eq!(world.lane(VILLAGE).lane.suspect_until, suspect);
    }
}

#[test]
fn planning_builds_the_request_that_the_claim_sends() {
    let mut world = World::new();
    world.accept(&jane());
    let command = world.command(&json!({"phone_number": "+14165551234", "title": "Coach"}));
    let loaded = Loaded { user: world.user.clone(), lanes: world.lanes.clone(), taken: Vec::new() };
    let plan = crate::plan::plan(&command, loaded).expect("planned");
    world.try_accept(&command).expect("accepted");
    let work = world.claim(COMMUNAL, false).expect("due");
    let route = Arc::clone(world.routes.get(COMMUNAL).expect("a route"));
    let (requests, _) = planner::build(&route, &work.profile, &work.claim).expect("built");
    assert_eq!(plan["communal"].requests[0].body, requests[0].body_bytes());
    assert_eq!(plan["communal"].leaves[&Leaf::Title], Fate::Unsupported);
    assert_eq!(plan["communal"].older, [Leaf::Email, Leaf::FamilyName, Leaf::GivenName]);
    assert_eq!(world.user().version, 2);
}

#[test]
fn planning_tells_what_stops_a_route() {
    let mut world = World::new();
    world.accept(&json!({"identities": {"communal": 89}}));
    let command = world.command(&json!({"phone_number": "+14165551234"}));
    let loaded = Loaded { user: world.user.clone(), lanes: world.lanes.clone(), taken: Vec::new() };
    let plan = crate::plan::plan(&command, loaded).expect("planned");
    assert_eq!(plan["communal"].stopped, Some(State::Blocked(BlockReason::NeedsData)));
    assert_eq!(plan["communal"].stopped_by, [Leaf::Email, Leaf::FamilyName, Leaf::GivenName]);
}

#[test]
fn more_than_twenty_requests_are_spread_over_several_attempts() {
    let usercom = adapter_usercom::Adapter::new(adapter_usercom::Options);
    let route = route("usercom", Arc::new(usercom), Enrol::Identity);
    let mut world =
        World { routes: Arc::new(RouteSet::new([(COMMUNAL, Arc::clone(&route))])), ..World::new() };
    let tags: Vec<String> = (0..50).map(|at| format!("t{at:02}")).collect();
    world.accept(&json!({"tags": tags, "identities": {"usercom": 7}}));
    let work = world.claim(COMMUNAL, false).expect("due");
    let (requests, sent) = planner::build(&route, &work.profile, &work.claim).expect("built");
    assert_eq!(requests.len(), 1);
    settle_as_built(&mut world, &work, sent);
    world.accept(&json!({"tags": ["t00"]}));
    let mut removed = 0;
    while let Some(work) = world.claim(COMMUNAL, false) {
        let (requests, sent) = planner::build(&route, &work.profile, &work.claim).expect("built");
        assert!(requests.len() <= planner::MOST_REQUESTS);
        removed += requests.len() - 1;
        settle_as_built(&mut world, &work, sent);
    }
    assert_eq!(removed, 49);
    assert_eq!(world.lane(COMMUNAL).lane.state, State::Idle);
}

fn settle_as_built(world: &mut World, work: &Work, sent: Sent) {
    let settle = Settle { epoch: work.claim.epoch, started_at: 2_000, sent, outcome: ok() };
    let route = Arc::clone(world.routes.get(work.route).expect("a route"));
    let settlement = Settlement { lane: work.lane, route, settle, attempt: None, now: 2_100 };
    let (profile, version) = (Arc::clone(&world.user().profile), world.user().version);
    let row = world.lanes.iter_mut().find(|row| row.route == work.route).expect("a lane");
    assert!(super::settle(settlement, &mut row.lane, &profile, version));
}
