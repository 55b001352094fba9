//! The end of a user, and a new beginning.

use super::*;

#[test]
fn an_erased_user_comes_back_only_when_asked_for_and_versions_go_on() {
    let mut world = World::new();
    world.accept(&jane());
    let work = world.claim(COMMUNAL, false).expect("due");
    let (user, by) = ("crm-42".parse().expect("an id"), Actor("dpo".to_owned()));
    let command = Erase {
        user,
        precondition: crate::store::Precondition::None,
        by,
        routes: Arc::clone(&world.routes),
        now: 3_000,
    };
    let writes = erase(&command, world.user().clone(), world.lanes.clone()).expect("no precondition");
    assert_eq!((writes.erased.version, writes.erased.disclosed_to.clone()), (2, vec![COMMUNAL]));
    (world.user, world.lanes) = (Some(writes.user), writes.lanes);
    assert!(!world.settle(&work, ok()), "a late answer changes nothing");
    assert_eq!(world.refused(&jane()), AcceptError::UserErased { at: 3_000 });
    let again = erase(&command, world.user().clone(), world.lanes.clone()).expect("no precondition");
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
    assert_eq!((lane.state, lane.slots.is_empty()), (State::Ready, true));
}
