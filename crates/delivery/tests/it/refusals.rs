use std::time::Duration;

use canonical::Leaf;
use delivery::{
    gate::PauseReason,
    lane::{BlockReason, FailureClass, State},
    status::{RouteState, WaitingFor},
    store::Actor,
};

use serde_json::json;

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

/// The subject alone does not say whom an answer is about: where a vendor names the person by an id of its own, too, the first
/// success pins it.
#[tokio::test(start_paused = true)]
async fn an_answer_that_names_another_witness_than_the_known_one_is_about_another_person() {
    let world = World::new().await;
    world.vendor().always(Act::Names("4711"));
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    let again = world.title(1, "Boss").await;
    world.applied(&again, seconds(1)).await;
    assert_eq!(world.lane(1).await.lane.witness.as_deref(), Some("4711"));
    world.vendor().always(Act::Names("4712"));
    let accepted = world.title(1, "Head coach").await;
    world.pass(seconds(1)).await;
    let lane = world.lane(1).await.lane;
    assert_eq!(lane.state, State::Blocked(BlockReason::WrongSubject));
    assert_eq!(lane.witness.as_deref(), Some("4711"), "the known one stays");
    assert_eq!(world.status(&accepted).await.state, RouteState::Blocked);
    let pause = world.engine.conditions().into_values().find_map(|condition| condition.pause);
    assert_eq!(pause.map(|pause| pause.reason), Some(PauseReason::WrongSubject));
}

/// Two users here are one person at the vendor: what the second one sends goes to the first one's record.
#[tokio::test(start_paused = true)]
async fn an_answer_that_names_another_users_person_is_about_another_person() {
    let world = World::with(2, |_| {}).await;
    world.vendor().always(Act::Names("4711"));
    let first = world.title(1, "Coach").await;
    world.applied(&first, seconds(1)).await;
    let second = world.title(2, "Boss").await;
    world.pass(seconds(1)).await;
    let lane = world.lane(2).await.lane;
    assert_eq!(lane.state, State::Blocked(BlockReason::WrongSubject));
    assert_eq!((lane.witness.as_deref(), lane.pinned), (None, false));
    assert_eq!(world.status(&second).await.state, RouteState::Blocked);
    assert!(world.told().contains(&Some(FailureClass::WrongSubject)), "{:?}", world.told());
    let pause = world.engine.conditions().into_values().find_map(|condition| condition.pause);
    assert_eq!(pause.map(|pause| pause.reason), Some(PauseReason::WrongSubject));
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

/// A vendor that has nothing to take away may as well not know the person, or have been asked at a wrong place.
#[tokio::test(start_paused = true)]
async fn a_removal_that_finds_nothing_counts_only_when_the_person_is_seen_without_it() {
    for (shown, read, is_proven) in [
        (json!({ "tags": [] }), None, true),
        (json!({ "tags": ["a"] }), None, false),
        (json!({ "title": "Coach" }), None, false),
        (json!({}), Some(Act::Status(404)), false),
        (json!({}), Some(Act::Silence), false),
    ] {
        let world = World::new().await;
        world.patch(1, json!({ "tags": ["a"] })).await;
        world.pass(seconds(1)).await;
        (0..10).for_each(|_| world.vendor().next([QUICK, Act::Status(404)]));
        world.vendor().shows(shown.clone());
        read.into_iter().for_each(|act| world.vendor().next_read(act));
        let accepted = world.patch(1, json!({ "tags": [] })).await;
        world.pass(Duration::from_millis(900)).await;
        let status = world.status(&accepted).await;
        assert!(!world.vendor().reads().is_empty(), "{shown}");
        assert_eq!(status.state == RouteState::Applied, is_proven, "{shown}: {status:?}");
        let is_confirmed = world.lane(1).await.lane.slots.newest(&Leaf::Tags).0 == 2;
        assert_eq!(is_confirmed, is_proven, "{shown}");
    }
}
