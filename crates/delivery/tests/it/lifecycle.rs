use std::{sync::Arc, time::Duration};

use adapter::{FieldOption, Mapping, MappingOptions};
use canonical::Leaf;
use delivery::{
    Route,
    status::RouteState,
    store::{AcceptError, Lanes, StoreError},
};
use serde_json::json;

use crate::{
    vendor::Act,
    world::{World, routes_to, seconds, user},
};

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_the_answers_and_takes_nothing_more() {
    let world = World::new().await;
    world.vendor().next([Act::Ok(seconds(5))]);
    let accepted = world.title(1, "Coach").await;
    world.pass(Duration::from_millis(100)).await;
    let before = world.elapsed();
    world.engine.stop(seconds(10)).await;
    assert_eq!((world.elapsed() - before).as_secs(), 4);
    world.store.reopen();
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied);
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_a_vendor_that_hangs() {
    let world = World::new().await;
    world.vendor().always(Act::Ok(seconds(3_600)));
    world.title(1, "Coach").await;
    let before = world.elapsed();
    world.engine.stop(seconds(10)).await;
    assert_eq!((world.elapsed() - before).as_secs(), 10);
    let refused = world.engine.plan(delivery::engine::Submission {
        id: uuid::Uuid::now_v7(),
        user: user(1),
        patch: canonical::Patch::default(),
        precondition: delivery::store::Precondition::None,
        idempotency: None,
        caller: delivery::store::Actor("test".to_owned()),
        may_create: true,
        may_operate: false,
        trace: None,
    });
    assert_eq!(refused.await.expect_err("closed"), AcceptError::Store(StoreError::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_reload_changes_the_next_request_and_never_the_one_under_way() {
    let world = World::new().await;
    world.vendor().next([Act::Ok(seconds(5))]);
    world.patch(1, json!({ "title": "Coach", "nickname": "Jo" })).await;
    world.pass(Duration::from_millis(100)).await;
    let mut route = routes_to(&world.vendors, |_| {}).remove(0);
    let without_title =
        MappingOptions { fields: [(Leaf::Title, FieldOption::Off)].into(), ..MappingOptions::default() };
    let changed: &mut Route = Arc::get_mut(&mut route).expect("not shared yet");
    changed.mapping = Mapping::new(&testkit::routes::PLAIN, &without_title).expect("valid");
    changed.mapping_revision = 2;
    world.engine.reload(vec![route], false).await.expect("taken");
    world.patch(1, json!({ "title": "Head coach", "nickname": "Joe" })).await;
    world.pass(seconds(60)).await;
    let bodies: Vec<_> = world.vendor().seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [json!({ "nickname": "Jo", "title": "Coach" }), json!({ "nickname": "Joe" })]);
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_removed_and_returns_goes_on_where_it_was() {
    let world = World::with(2, |_| {}).await;
    let all = routes_to(&world.vendors, |_| {});
    world.engine.reload(vec![Arc::clone(&all[1])], false).await.expect("taken");
    let refused = world.engine.routes().by_name("a").is_none();
    assert!(refused);
    world.engine.reload(all, false).await.expect("taken");
    let accepted = world.title(1, "Coach").await;
    world.applied(&accepted, seconds(5)).await;
    assert_eq!(world.vendor().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_stopped_process_left_in_flight_is_asserted_again() {
    let world = World::new().await;
    world.vendor().next([Act::Ok(seconds(3_600))]);
    let accepted = world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    // Another engine finds what this one has left, as a new process does.
    let route = world.engine.routes().by_name("a").expect("configured").0;
    let now = world.engine.now();
    assert_eq!(world.store.start(vec![(route, 75_000)], now).await.expect("read"), 1);
    world.pass(seconds(200)).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied);
    assert_eq!(world.vendor().count(), 3, "in flight, again, asserted");
    assert!(!world.lane(1).await.lane.is_suspect());
}
