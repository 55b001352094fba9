use std::time::Duration;

use delivery::{lane::State, status::RouteState};
use serde_json::json;

use crate::{
    vendor::Act,
    world::{World, routes_to, seconds, submission, user},
};

#[tokio::test(start_paused = true)]
async fn an_update_is_sent_at_once_and_never_twice() {
    let world = World::with(4, |_| {}).await;
    for number in 1..51 {
        let accepted = world.title(number, "Coach").await;
        let took = world.applied(&accepted, seconds(1)).await;
        assert!(took < seconds(60), "{took:?}");
    }
    world.pass(seconds(3_600)).await;
    for vendor in &world.vendors {
        assert_eq!(vendor.count(), 50, "no request without a cause");
        assert_eq!(vendor.overlaps(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn updates_during_a_request_become_one_request_with_the_newest_values() {
    let world = World::new().await;
    world.vendor().next([Act::Ok(seconds(10))]);
    world.title(1, "0").await;
    world.pass(seconds(1)).await;
    for title in 1..=50 {
        world.title(1, &title.to_string()).await;
    }
    world.pass(seconds(60)).await;
    let titles: Vec<_> = world.vendor().seen().iter().map(|seen| seen.body["title"].clone()).collect();
    assert_eq!(titles, ["0", "50"]);
    assert_eq!(world.vendor().overlaps(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_retried_and_asserted_once_more_when_nothing_can_land_any_more() {
    let world = World::new().await;
    world.vendor().next([Act::Silence]);
    world.title(1, "Coach").await;
    world.pass(seconds(600)).await;
    let at: Vec<u64> = world.vendor().seen().iter().map(|seen| seen.at.as_secs()).collect();
    assert_eq!(at.len(), 3, "lost, again, asserted: {at:?}");
    assert!((16..=18).contains(&at[1]), "{at:?}");
    assert!((75..=77).contains(&at[2]), "timeout and settle time after the lost one: {at:?}");
}

#[tokio::test(start_paused = true)]
async fn one_hanging_vendor_changes_nothing_for_the_others() {
    let mut runs = Vec::new();
    for hanging in [false, true] {
        let world = World::with(3, |_| {}).await;
        if hanging {
            world.vendors[0].always(Act::Silence);
        }
        for round in 0..20 {
            for number in 1..6 {
                world.title(number, &round.to_string()).await;
            }
            world.pass(Duration::from_millis(500)).await;
        }
        world.pass(seconds(5)).await;
        let seen = world.vendors[1..].iter().flat_map(crate::vendor::Vendor::seen);
        runs.push(seen.map(|seen| (seen.at, seen.subject, seen.body)).collect::<Vec<_>>());
    }
    assert_eq!(runs[0].len(), 200);
    assert!(runs[0] == runs[1], "the same requests at the same times");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_answered_when_the_last_route_has_settled() {
    let world = World::with(2, |_| {}).await;
    world.vendors[1].next([Act::Ok(seconds(3))]);
    let waiter = world.engine.wait_for(&user(1));
    let accepted = world.title(1, "Coach").await;
    let before = world.elapsed();
    let waited =
        world.engine.settled(waiter, &accepted.update, &accepted.user, accepted.lanes.clone(), seconds(5));
    let (status, settled) = waited.await;
    assert!(settled && !status.is_pending());
    assert_eq!((world.elapsed() - before).as_secs(), 3);
    world.vendors[1].next([Act::Ok(seconds(30))]);
    let waiter = world.engine.wait_for(&user(1));
    let accepted = world.title(1, "Head coach").await;
    let (status, settled) = world
        .engine
        .settled(waiter, &accepted.update, &accepted.user, accepted.lanes.clone(), seconds(5))
        .await;
    assert!(!settled);
    assert_eq!(
        (status.routes["a"].state, status.routes["b"].state),
        (RouteState::Applied, RouteState::Pending)
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_answered_when_a_route_that_has_not_settled_is_removed() {
    let world = World::with(2, |_| {}).await;
    world.vendors[1].always(Act::Silence);
    let waiter = world.engine.wait_for(&user(1));
    let accepted = world.title(1, "Coach").await;
    let settled = world.engine.settled(waiter, &accepted.update, &accepted.user, accepted.lanes, seconds(30));
    let reload = async {
        world.pass(seconds(2)).await;
        world.engine.reload(routes_to(&world.vendors[..1], |_| {}), false).await.expect("taken");
    };
    let before = world.elapsed();
    let ((status, settled), ()) = tokio::join!(settled, reload);
    assert!(settled && !status.routes.contains_key("b"));
    assert_eq!((world.elapsed() - before).as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_leaf_has_the_time_of_its_own_confirmation() {
    let world = World::new().await;
    world.patch(1, json!({ "title": "Coach", "nickname": "Jo" })).await;
    world.pass(seconds(60)).await;
    world.patch(1, json!({ "nickname": "Joe" })).await;
    world.pass(seconds(60)).await;
    let at = async |leaf: &str| world.lane(1).await.lane.slots.get(leaf).expect("confirmed").at;
    let (title, nickname) = (at("title").await, at("nickname").await);
    assert!((59_000..61_000).contains(&(nickname - title)), "{title} {nickname}");
    world.title(1, "Boss").await;
    world.pass(seconds(60)).await;
    assert_eq!(at("nickname").await, nickname, "another leaf says nothing about it");
    assert!(at("title").await > nickname);
}

#[tokio::test(start_paused = true)]
async fn an_erased_user_is_not_written_to_any_more() {
    let world = World::new().await;
    let tags = serde_json::json!({ "tags": ["a", "b", "c", "d"] });
    world.patch(1, tags).await;
    world.pass(seconds(1)).await;
    world.vendor().always(Act::Ok(seconds(1)));
    world.patch(1, serde_json::json!({ "tags": null })).await;
    world.pass(Duration::from_millis(2_500)).await;
    let before = world.vendor().count();
    world
        .engine
        .erase(user(1), delivery::store::Precondition::None, delivery::store::Actor("dpo".to_owned()))
        .await
        .expect("stored")
        .expect("known");
    world.pass(seconds(600)).await;
    assert_eq!(world.vendor().count(), before, "the rest of the attempt is not sent");
    assert!(before < 6, "{before}");
    assert_eq!(world.told(), [None], "the first attempt, and nothing of the one that was cut short");
}

#[tokio::test(start_paused = true)]
async fn a_changed_identity_ends_the_attempt_under_the_old_one() {
    let world = World::new().await;
    let tags = serde_json::json!({ "tags": ["a", "b", "c", "d"], "title": "Coach" });
    world.patch(1, tags).await;
    world.pass(seconds(1)).await;
    world.vendor().always(Act::Ok(seconds(1)));
    world.patch(1, serde_json::json!({ "tags": null })).await;
    world.pass(Duration::from_millis(2_500)).await;
    let old = world.vendor().seen()[0].subject.clone();
    let to_old = || world.vendor().seen().iter().filter(|seen| seen.subject == old).count();
    let before = to_old();
    world.identify(1, 90).await;
    world.pass(seconds(600)).await;
    assert_eq!(to_old(), before, "the rest of the attempt is not sent");
    assert!(before < 6, "{before}");
    assert!(world.vendor().count() > before, "the new one gets what is owed");
}

#[tokio::test(start_paused = true)]
async fn a_large_set_is_emptied_although_an_answer_was_lost() {
    let world = World::new().await;
    let tags: Vec<String> = (0..50).map(|number| format!("t{number:02}")).collect();
    world.patch(1, serde_json::json!({ "tags": tags })).await;
    world.pass(seconds(1)).await;
    world.vendor().next([Act::Silence]);
    world.patch(1, serde_json::json!({ "tags": ["t00"] })).await;
    world.pass(seconds(600)).await;
    let lane = world.lane(1).await.lane;
    assert_eq!((lane.state, lane.suspect_until), (State::Idle, None));
    // The set, the lost request, and once it cannot land any more, everything: 3 requests with the set, 49 without.
    assert_eq!(world.vendor().count(), 54);
}

#[tokio::test(start_paused = true)]
async fn a_large_set_that_was_held_is_emptied_when_it_is_tried_again() {
    let world = World::new().await;
    let tags: Vec<String> = (0..50).map(|number| format!("t{number:02}")).collect();
    world.patch(1, serde_json::json!({ "tags": tags })).await;
    world.pass(seconds(1)).await;
    world.vendor().next([Act::Status(422)]);
    world.patch(1, serde_json::json!({ "tags": ["t00"] })).await;
    world.pass(seconds(1)).await;
    let before = world.vendor().count();
    world.pass(seconds(3_700)).await;
    assert_eq!(world.lane(1).await.lane.state, State::Idle);
    assert_eq!(world.vendor().count() - before, 3 + 49, "every member goes, in three attempts");
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_caller_goes_away_is_delivered_all_the_same() {
    for moment in 0..6 {
        let world = World::with(2, |_| {}).await;
        let body = json!({ "title": "Coach", "identities": { "a": 1, "b": 1 } });
        let mut submitted = Box::pin(world.engine.submit(submission(1, &body, false), Some(seconds(30))));
        for _ in 0..moment {
            assert!(futures_util::poll!(&mut submitted).is_pending());
            tokio::task::yield_now().await;
        }
        drop(submitted);
        world.pass(seconds(1)).await;
        // Who was never asked has taken nothing.
        let arrived = usize::from(moment > 0);
        assert_eq!(
            world.vendors.iter().map(crate::vendor::Vendor::count).collect::<Vec<_>>(),
            [arrived, arrived]
        );
    }
}
