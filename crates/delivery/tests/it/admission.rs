use std::time::Duration;

use delivery::{
    Rate,
    status::{RouteState, WaitingFor},
    store::Actor,
};

use crate::{
    vendor::Act,
    world::{World, seconds},
};

#[tokio::test(start_paused = true)]
async fn a_route_never_sends_faster_than_its_rate() {
    let world = World::with(1, |limits| limits.rate = Rate::PerSecond(5.0)).await;
    for number in 1..41 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(60)).await;
    let seen = world.vendor().seen();
    assert_eq!(seen.len(), 40);
    for window in seen.windows(11) {
        assert!(window[10].at - window[0].at >= Duration::from_millis(1_000), "5 at once and 5 in a second");
    }
    assert!(seen[39].at < seconds(10), "and not much slower: {:?}", seen[39].at);
}

#[tokio::test(start_paused = true)]
async fn a_route_never_has_more_requests_under_way_than_allowed() {
    let world = World::with(1, |limits| limits.concurrency = 3).await;
    world.vendor().always(Act::Ok(Duration::from_millis(200)));
    for number in 1..101 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(60)).await;
    assert_eq!(world.vendor().count(), 100);
    assert_eq!(world.vendor().most_in_flight(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_paused_route_keeps_what_it_owes_and_sends_it_when_resumed() {
    let world = World::with(2, |_| {}).await;
    let route = world.engine.routes().by_name("a").expect("configured").0;
    world.engine.pause(route, Actor("operator".to_owned())).await.expect("stored");
    let accepted = world.title(1, "Coach").await;
    world.pass(seconds(3_600)).await;
    let status = world.status(&accepted).await;
    assert_eq!((status.state, status.waiting_for), (RouteState::Pending, Some(WaitingFor::RoutePaused)));
    assert_eq!((world.vendor().count(), world.vendors[1].count()), (0, 1));
    world.engine.resume(route, Actor("operator".to_owned())).await.expect("stored");
    world.applied(&accepted, seconds(1)).await;
}
