//! What is taken away at User.com counts as gone when the person is shown without it, and not before.

use delivery::{
    Rate,
    gate::PauseReason,
    lane::{BlockReason, FailureClass, State},
    status::RouteState,
};
use serde_json::{Value as JsonValue, json};
use vendor_sim::NothingToRemove;

use crate::{
    usercom::{AMARA, JANE, Lie, NOBODY, World},
    world::seconds,
};

async fn pass(time: u64) {
    tokio::time::sleep(seconds(time)).await;
}

/// A user who has a tag of ours, and the update that takes it away.
async fn tagged() -> World {
    let world = World::new(NothingToRemove::NotFound).await;
    let accepted = world.patch(1, JANE, json!({ "tags": ["ours"] })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied);
    world
}

fn not_found() -> Lie {
    Lie::Answer(404, json!({ "detail": "Not found." }))
}

#[tokio::test(start_paused = true)]
async fn a_removal_from_somebody_who_does_not_exist_is_never_applied_and_keeps_the_id_from_nobody() {
    let world = World::new(NothingToRemove::NotFound).await;
    let accepted = world.patch(1, NOBODY, json!({ "custom": { "tier": null } })).await;
    pass(1).await;
    let lane = world.lane(1).await.lane;
    assert_eq!(world.status(&accepted).await.state, RouteState::Pending);
    assert_eq!((lane.pinned, &lane.subject_key), (false, &None));
    assert_eq!(lane.last_class, Some(FailureClass::NotFound));
    pass(900).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Blocked);
    assert_eq!(world.lane(1).await.lane.state, State::Blocked(BlockReason::UnknownAtVendor));
    // The id was a mistake, and whoever has it can be named by it.
    world.try_patch(2, NOBODY, json!({ "title": "Coach" })).await.expect("it belongs to nobody here");
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_not_there_any_more_counts_as_removed_once_the_person_is_shown_without_it() {
    for nothing in [NothingToRemove::NotFound, NothingToRemove::SaysSo] {
        let world = World::new(nothing).await;
        world.patch(1, JANE, json!({ "tags": ["ours"], "custom": { "tier": "gold" } })).await;
        pass(1).await;
        world.vendor.edit(JANE, &json!({ "tags": ["theirs"], "attributes": {} }));
        let accepted = world.patch(1, JANE, json!({ "tags": [], "custom": { "tier": null } })).await;
        pass(1).await;
        assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "{nothing:?}");
        let expected = ["PUT 19678376", "DELETE remove_attribute", "DELETE remove_tag", "GET"];
        let mut lines = world.vendor.lines();
        lines[1..3].sort();
        assert_eq!(lines, expected, "{nothing:?}: one look for both");
        assert!(world.lane(1).await.lane.pinned);
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_an_update_in_the_same_attempt_shows_it_as_well_and_nobody_is_asked() {
    let world = tagged().await;
    world.vendor.edit(JANE, &json!({ "tags": [] }));
    let accepted = world.patch(1, JANE, json!({ "tags": [], "phone_number": "+14165550001" })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied);
    assert_eq!(world.vendor.lines(), ["PUT 19678376", "PUT 19678376", "DELETE remove_tag"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_is_gone_is_not_found_and_nothing_is_applied() {
    let world = tagged().await;
    world.vendor.removals_answer([not_found()]);
    world.vendor.reads_answer([not_found()]);
    let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Pending);
    let lane = world.lane(1).await.lane;
    assert_eq!((lane.last_class, lane.attempt), (Some(FailureClass::NotFound), 1));
    pass(120).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "the person came back");
    assert_eq!(world.vendor.tags(JANE), json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_there_in_spite_of_a_404_is_not_gone() {
    let world = tagged().await;
    world.vendor.removals_answer(std::iter::repeat_n(not_found(), 4));
    let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Pending);
    let lane = world.lane(1).await.lane;
    assert_eq!(lane.last_class, Some(FailureClass::Conflict));
    assert!(lane.attempt >= 1 && lane.suspect_until.is_none(), "counted, and certainly not applied");
    pass(60).await;
    assert_eq!(world.lane(1).await.lane.state, State::Blocked(BlockReason::Conflict));
    assert_eq!(world.vendor.tags(JANE), json!(["ours"]));
    // The next update tries again, and then the vendor does as asked.
    let next = world.patch(1, JANE, json!({ "phone_number": "+14165550001" })).await;
    pass(1).await;
    assert_eq!(world.status(&next).await.state, RouteState::Applied);
    assert_eq!(world.vendor.tags(JANE), json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_answer_or_a_reading_about_somebody_else_stops_the_route() {
    let shown = json!({ "id": AMARA, "custom_id": "crm-90", "name": "Amara Okafor", "tags": [] });
    let ways: [(Lie, Option<Lie>); 2] =
        [(Lie::Answer(200, shown.clone()), None), (not_found(), Some(Lie::Answer(200, shown)))];
    for (removal, reading) in ways {
        let world = tagged().await;
        world.vendor.removals_answer([removal]);
        world.vendor.reads_answer(reading);
        let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
        pass(1).await;
        assert_eq!(world.lane(1).await.lane.state, State::Blocked(BlockReason::WrongSubject));
        assert_ne!(world.status(&accepted).await.state, RouteState::Applied);
        let pause = world.engine.conditions().into_values().find_map(|condition| condition.pause);
        assert_eq!(pause.map(|pause| pause.reason), Some(PauseReason::WrongSubject));
    }
}

#[tokio::test(start_paused = true)]
async fn a_200_that_says_no_is_no_success_while_the_tag_is_there() {
    for body in [
        json!({ "errors": { "name": ["Tag is in use."] } }),
        json!({ "error": "locked" }),
        json!({ "detail": "Try again." }),
        json!({ "id": JANE, "name": "Jane Doe", "tags": [{ "id": 1, "name": "ours" }] }),
        json!("OK"),
        json!([]),
        json!({}),
    ] {
        let world = tagged().await;
        world.vendor.removals_answer([Lie::Answer(200, body.clone())]);
        let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
        pass(0).await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(world.status(&accepted).await.state, RouteState::Pending, "{body}");
        assert_eq!(world.vendor.tags(JANE), json!(["ours"]));
        assert!(world.lane(1).await.lane.last_class.is_some(), "{body}");
        // Whether the vendor has it done later nobody knows; the next attempt finds out.
        pass(200).await;
        assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "{body}");
        assert_eq!(world.vendor.tags(JANE), json!([]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_comes_to_nothing_is_no_success_and_is_made_again() {
    let failures: [(Lie, Option<FailureClass>); 4] = [
        (Lie::Silence, Some(FailureClass::Unavailable)),
        (Lie::Answer(503, JsonValue::Null), Some(FailureClass::Unavailable)),
        (Lie::Answer(429, JsonValue::Null), Some(FailureClass::RateLimited)),
        // What the removal was answered stands.
        (Lie::Answer(403, JsonValue::Null), Some(FailureClass::NotFound)),
    ];
    for (failure, class) in failures {
        let world = tagged().await;
        world.vendor.edit(JANE, &json!({ "tags": [] }));
        world.vendor.reads_answer([failure.clone()]);
        let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
        tokio::time::sleep(std::time::Duration::from_millis(15_100)).await;
        if matches!(failure, Lie::Silence) || class == Some(FailureClass::NotFound) {
            assert_eq!(world.status(&accepted).await.state, RouteState::Pending, "{failure:?}");
            assert_eq!(world.lane(1).await.lane.last_class, class, "{failure:?}");
        }
        pass(200).await;
        assert_eq!(world.status(&accepted).await.state, RouteState::Applied, "{failure:?}");
        let pause = world.engine.conditions().into_values().find_map(|condition| condition.pause);
        assert_eq!(pause, None, "a key that may not read stops no route");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_has_nothing_to_send_is_no_success_and_pins_nobody() {
    for person in [JANE, NOBODY] {
        let world = World::new(NothingToRemove::NotFound).await;
        let accepted = world.patch(1, person, json!({ "tags": null })).await;
        pass(10).await;
        assert_eq!(world.status(&accepted).await.state, RouteState::NothingToSend);
        assert!(!world.lane(1).await.lane.pinned);
        assert!(world.vendor.lines().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_removal_at_the_routes_rate_takes_a_token_for_the_reading_too() {
    let world = World::with_rate(NothingToRemove::NotFound, Rate::PerSecond(1.0)).await;
    world.patch(1, JANE, json!({ "tags": ["ours"] })).await;
    pass(10).await;
    world.vendor.edit(JANE, &json!({ "tags": [] }));
    let began = tokio::time::Instant::now();
    let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
    while world.status(&accepted).await.state != RouteState::Applied {
        assert!(began.elapsed() < seconds(10), "{:?}", world.vendor.lines());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(world.vendor.lines(), ["PUT 19678376", "DELETE remove_tag", "GET"]);
    assert!(began.elapsed() >= std::time::Duration::from_millis(900), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn where_nobody_can_read_a_404_is_what_it_is_after_an_update() {
    let world = tagged().await;
    world.vendor.reads_nothing();
    world.vendor.edit(JANE, &json!({ "tags": [] }));
    let accepted = world.patch(1, JANE, json!({ "tags": [] })).await;
    pass(1).await;
    assert_eq!(world.status(&accepted).await.state, RouteState::Pending);
    assert_eq!(world.lane(1).await.lane.last_class, Some(FailureClass::NotFound));
}

#[tokio::test(start_paused = true)]
async fn whatever_becomes_of_the_question_only_the_removal_can_leave_a_doubt() {
    let nothing_said = || Lie::Answer(200, json!({}));
    let busy = || Lie::Answer(503, json!({ "detail": "Busy." }));
    for (removal, reading, in_doubt) in [
        (not_found(), Lie::Silence, false),
        (not_found(), busy(), false),
        (nothing_said(), Lie::Silence, true),
        (nothing_said(), busy(), true),
    ] {
        let world = tagged().await;
        world.vendor.removals_answer([removal.clone()]);
        world.vendor.reads_answer([reading.clone()]);
        world.patch(1, JANE, json!({ "tags": [] })).await;
        tokio::time::sleep(std::time::Duration::from_millis(15_500)).await;
        let lane = world.lane(1).await.lane;
        assert_eq!(lane.suspect_until.is_some(), in_doubt, "{removal:?}, then {reading:?}: {lane:?}");
    }
}
