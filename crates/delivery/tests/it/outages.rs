use std::time::Duration;

use delivery::status::{RouteState, WaitingFor};

use crate::{
    vendor::{Act, QUICK},
    world::{World, seconds},
};

#[tokio::test(start_paused = true)]
async fn after_an_outage_every_lane_is_sent_once_with_its_newest_values() {
    let world = World::new().await;
    world.vendor().always(Act::Down);
    for round in 0..10 {
        for number in 1..201 {
            world.title(number, &round.to_string()).await;
        }
        world.pass(seconds(8 * 360)).await;
    }
    assert_eq!(world.vendor().count(), 0);
    world.vendor().always(QUICK);
    world.pass(seconds(1_800)).await;
    let seen = world.vendor().seen();
    assert_eq!(seen.len(), 200, "one request for each user and none more");
    assert!(seen.iter().all(|seen| seen.body["title"] == "9"));
    let span = seen[199].at - seen[0].at;
    assert!(span < seconds(60), "the backlog drains as fast as the vendor takes it: {span:?}");
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_down_is_asked_less_and_less() {
    let world = World::new().await;
    world.vendor().always(Act::Status(502));
    for number in 1..51 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(3_600)).await;
    let asked = world.vendor().count();
    assert!(asked < 60, "an hour of failures took {asked} requests");
    let accepted = world.title(1, "Head coach").await;
    let status = world.status(&accepted).await;
    assert_eq!((status.state, status.waiting_for), (RouteState::Pending, Some(WaitingFor::Breaker)));
}

#[tokio::test(start_paused = true)]
async fn one_user_whom_the_vendor_cannot_serve_does_not_stop_the_others() {
    let world = World::new().await;
    world.vendor().next([Act::Status(500)]);
    let poisoned = world.title(1, "Coach").await;
    for number in 2..20 {
        let accepted = world.title(number, "Coach").await;
        world.applied(&accepted, seconds(1)).await;
    }
    world.applied(&poisoned, seconds(10)).await;
}

#[tokio::test(start_paused = true)]
async fn users_whom_the_vendor_cannot_serve_do_not_keep_an_outage_going() {
    let world = World::new().await;
    world.vendor().always(Act::Status(502));
    for number in 1..=100 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(300)).await;
    world.vendor().only_for(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], &Act::Status(500));
    world.vendor().always(QUICK);
    world.pass(seconds(1_200)).await;
    let served =
        world.vendor().seen().into_iter().filter(|seen| seen.at > seconds(300)).map(|seen| seen.subject);
    let served: std::collections::BTreeSet<String> = served.collect();
    assert!(served.len() > 80, "{} of 100 were asked for", served.len());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_vendor_asks_for_holds_for_all_its_users_and_for_no_other_vendor() {
    let world = World::with(2, |_| {}).await;
    world.vendor().next([Act::With(429, "Retry-After", "30")]);
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    for number in 2..6 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(28)).await;
    assert_eq!(world.vendor().count(), 1);
    assert_eq!(world.vendors[1].count(), 5);
    world.pass(seconds(30)).await;
    assert_eq!(world.vendor().count(), 6);
    let first_again = world.vendor().seen()[1].at;
    assert!((seconds(30)..seconds(34)).contains(&first_again), "{first_again:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_is_known_not_to_have_been_applied_needs_no_second_assertion() {
    let world = World::new().await;
    world.vendor().next([Act::Down, Act::Status(425), Act::With(503, "Retry-After", "1")]);
    world.title(1, "Coach").await;
    world.pass(seconds(600)).await;
    let seen = world.vendor().seen();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(Duration::from_millis(500) < seen[2].at);
}
