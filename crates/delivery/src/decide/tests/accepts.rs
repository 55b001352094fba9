//! What an update stores, and what is refused.

use super::*;

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
    let leaves: Vec<&str> = work.claim.payload.iter().map(|owed| owed.leaf.name()).collect();
    assert_eq!(
        leaves,
        ["email", "family_name", "given_name", "phone_number"],
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
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::NothingToSend);
}

#[test]
fn what_a_route_cannot_carry_is_told_and_never_touches_its_lane() {
    let mut world = World::new();
    world.accept(&jane());
    let work = world.claim(VILLAGE, false).expect("due");
    world.settle(&work, ok());
    let before = world.lane(VILLAGE).clone();
    let update = world.accept(&json!({"title": "Coach", "phone_number": null}));
    assert_eq!(World::verdict(&update, VILLAGE), Verdict::NothingToSend);
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
    assert_eq!((lane.subject.as_deref(), lane.state), (Some("90"), State::Ready));
}
