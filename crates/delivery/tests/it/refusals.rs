use delivery::{
    gate::PauseReason,
    lane::{BlockReason, State},
    status::{RouteState, WaitingFor},
    store::Actor,
};

use crate::{
    vendor::{Act, QUICK},
    world::{World, seconds},
};

#[tokio::test(start_paused = true)]
async fn a_refused_credential_pauses_the_route_and_burns_no_lane() {
    let world = World::with(2, |_| {}).await;
    world.vendor().always(Act::Status(401));
    let accepted = world.title(1, "Coach").await;
    world.title(2, "Coach").await;
    world.pass(seconds(30)).await;
    assert_eq!(world.vendor().count(), 2);
    assert_eq!(world.status(&accepted).await.waiting_for, Some(WaitingFor::RoutePaused));
    let pause =
        world.engine.conditions().into_values().find_map(|condition| condition.pause).expect("paused");
    assert_eq!(pause.reason, PauseReason::Auth);
    assert_eq!(world.lane(1).await.lane.attempt, 0, "it is not the lane's fault");
    assert_eq!(world.vendors[1].count(), 2, "the other vendor is served");
    world.vendor().always(QUICK);
    world.pass(seconds(60)).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "a probe found out");
}

#[tokio::test(start_paused = true)]
async fn three_users_refused_without_a_reason_pause_the_route_and_keep_their_values() {
    let world = World::new().await;
    world.vendor().always(Act::Status(422));
    for number in 1..=3 {
        world.title(number, "Coach").await;
        world.pass(seconds(1)).await;
    }
    let pause =
        world.engine.conditions().into_values().find_map(|condition| condition.pause).expect("paused");
    assert_eq!(pause.reason, PauseReason::Config);
    world.vendor().always(QUICK);
    let route = world.engine.routes().by_name("a").expect("configured").0;
    world.engine.resume(route, Actor("operator".to_owned())).await.expect("stored");
    world.pass(seconds(60)).await;
    for number in 1..=3 {
        let lane = world.lane(number).await.lane;
        assert_eq!((lane.state, lane.held.is_empty()), (State::Idle, true), "user {number}");
        let seen = world.vendor().seen().into_iter().filter(|seen| seen.subject == number.to_string());
        assert!(seen.count() >= 2, "user {number} was sent again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_whom_the_vendor_has_never_known_is_asked_for_once_more() {
    let world = World::new().await;
    world.title(2, "somebody whom it knows").await;
    world.pass(seconds(1)).await;
    world.vendor().always(Act::Status(404));
    let accepted = world.title(1, "Coach").await;
    world.pass(seconds(900)).await;
    let status = world.status(&accepted).await;
    assert_eq!(status.state, RouteState::Blocked, "{status:?}");
    assert_eq!(world.lane(1).await.lane.state, State::Blocked(BlockReason::UnknownAtVendor));
    assert_eq!(world.vendor().count(), 1 + 2);
    world.vendor().always(QUICK);
    world.pass(seconds(26 * 3_600)).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "a day later the person exists");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_breaks_the_gateway_blocks_its_lane_and_nothing_else() {
    let world = World::new().await;
    world.vendor().next([Act::Panic]);
    let accepted = world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Pending);
    world.vendor().next([Act::Panic, Act::Panic]);
    world.pass(seconds(60)).await;
    assert_eq!(world.lane(1).await.lane.state, State::Blocked(BlockReason::Internal));
    let other = world.title(2, "Coach").await;
    world.applied(&other, seconds(5)).await;
    assert!(
        world.engine.conditions().values().all(|condition| condition.in_flight == 0),
        "every permit came back"
    );
}
