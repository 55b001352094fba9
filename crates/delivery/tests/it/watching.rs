use std::collections::BTreeSet;

use delivery::{
    event::{Drift, Event, EventKind, Thresholds},
    store::{Outbox, Reads},
};
use serde_json::json;

use crate::{
    vendor::{Act, QUICK},
    world::{World, seconds, stubborn},
};

const THRESHOLDS: Thresholds = Thresholds { blocked: 4, backlog: 600_000, kept: Some(2) };

async fn watched() -> World {
    let world = World::new().await;
    world.engine.watch(Some(THRESHOLDS));
    world.pass(seconds(1)).await;
    world
}

async fn events(world: &World) -> Vec<Event> {
    world.store.events(0, 100).await.expect("read")
}

async fn kinds(world: &World) -> Vec<&'static str> {
    events(world).await.iter().map(|event| event.kind.name()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_told_when_it_begins_and_when_it_ends_and_not_in_between() {
    let world = watched().await;
    world.vendor().always(Act::Status(502));
    for number in 1..=20 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(60)).await;
    let told = events(&world).await;
    assert_eq!(told.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::BreakerOpened]);
    let failure = &told[0].facts["failures"][0];
    assert_eq!((&failure["class"], &failure["status"]), (&json!("unavailable"), &json!(502)));
    world.pass(seconds(3_600)).await;
    let told = events(&world).await;
    assert_eq!(kinds(&world).await, ["breaker.opened", "backlog.late"]);
    assert_eq!((&told[1].facts["cause"], &told[1].facts["pending"]), (&json!("breaker"), &json!(20)));
    assert!((600_000..640_000).contains(&(told[1].at - told[0].at)), "{} {}", told[0].at, told[1].at);
    world.vendor().always(QUICK);
    world.pass(seconds(900)).await;
    let ends = ["breaker.opened", "backlog.late", "breaker.closed", "backlog.recovered"];
    assert_eq!(kinds(&world).await, ends);
    world.pass(seconds(36_000)).await;
    assert_eq!(kinds(&world).await, ends);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_is_told_at_once() {
    let world = watched().await;
    let mut news = world.engine.news();
    world.vendor().always(Act::Down);
    for number in 1..=20 {
        world.title(number, "Coach").await;
    }
    let began = world.elapsed();
    news.changed().await.expect("the engine is there");
    assert!(world.elapsed() - began < seconds(20), "{:?}", world.elapsed() - began);
    assert_eq!(kinds(&world).await, ["breaker.opened"]);
}

#[tokio::test(start_paused = true)]
async fn blocked_lanes_are_told_with_their_reasons_when_there_are_many() {
    let world = watched().await;
    // More of them in a row would be the route's fault.
    let too_large = |numbers: std::ops::RangeInclusive<u32>| {
        let world = &world;
        async move {
            for number in numbers {
                world.vendor().always(Act::Status(413));
                world.title(number, "Coach").await;
                world.pass(seconds(1)).await;
                world.vendor().always(QUICK);
                world.title(100 + number, "Coach").await;
                world.pass(seconds(60)).await;
            }
        }
    };
    too_large(1..=3).await;
    assert_eq!(kinds(&world).await, [""; 0]);
    too_large(4..=6).await;
    let told = events(&world).await;
    assert_eq!(told.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["lanes.blocked"]);
    assert_eq!(told[0].facts["reasons"], json!({ "too_large": told[0].facts["blocked"] }));
    assert_eq!(told[0].facts["threshold"], 4);
}

#[tokio::test(start_paused = true)]
async fn values_that_are_kept_are_told_when_there_are_many_and_somebody_has_said_how_many() {
    let world = watched().await;
    for number in 1..=3 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(1)).await;
    world.engine.reload(stubborn(&world), false).await.expect("reloaded");
    for number in 1..=3 {
        world.patch(number, json!({ "title": null })).await;
    }
    world.engine.watch(Some(Thresholds { kept: None, ..THRESHOLDS }));
    world.pass(seconds(120)).await;
    assert_eq!(kinds(&world).await, [""; 0], "it is off unless it is asked for");
    world.engine.watch(Some(THRESHOLDS));
    world.pass(seconds(120)).await;
    assert_eq!(kinds(&world).await, ["fields.kept"]);
    assert_eq!(json!(events(&world).await[0].facts), json!({ "keeping": 3, "threshold": 2 }));
    world.title(1, "Boss").await;
    world.pass(seconds(120)).await;
    assert_eq!(kinds(&world).await, ["fields.kept"]);
    world.title(2, "Boss").await;
    world.pass(seconds(120)).await;
    assert_eq!(kinds(&world).await, ["fields.kept", "fields.released"]);
}

#[tokio::test(start_paused = true)]
async fn single_people_whom_the_vendor_refuses_are_no_backlog_of_the_route() {
    let world = watched().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    // Whom the vendor has known is looked for again, ever less often.
    world.vendor().always(Act::Status(404));
    world.title(1, "Boss").await;
    for _ in 0..20 {
        world.pass(seconds(120)).await;
        assert_eq!(kinds(&world).await, [""; 0]);
    }
    let id = world.engine.routes().by_name("a").expect("a route").0;
    assert_eq!(world.store.counts(id).await.expect("read").pending, 1);
    world.engine.watch(Some(Thresholds { blocked: 1, ..THRESHOLDS }));
    world.pass(seconds(1)).await;
    let told = events(&world).await;
    assert_eq!(kinds(&world).await, ["backlog.late"], "{told:?}");
    let facts = &told[0].facts;
    assert_eq!((&facts["cause"], &facts["late"]), (&json!("users"), &json!(1)));
    assert_eq!(facts["failures"], json!([{ "class": "not_found", "status": 404, "users": 1 }]));
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_warns_is_told_once_and_again_when_the_end_comes_nearer() {
    const FAR: Option<&str> = Some("Fri, 31 Dec 2027 00:00:00 GMT");
    const NEAR: Option<&str> = Some("Wed, 30 Jun 2027 00:00:00 GMT");
    // Told whether or not somebody watches.
    let world = World::new().await;
    let id = world.engine.routes().by_name("a").expect("a route").0;
    let mut number = 0;
    let mut send = async |act: Act, times: u32| {
        world.vendor().always(act);
        for _ in 0..times {
            number += 1;
            world.title(number, "Coach").await;
            world.pass(seconds(1)).await;
        }
        (kinds(&world).await, world.engine.deprecations().get(&id).and_then(|found| found.sunset))
    };
    // Somebody between has a sunset of its own: an empty answer, a page.
    assert_eq!(send(Act::With(200, "Sunset", "Fri, 31 Dec 2027 00:00:00 GMT"), 2).await, (vec![], None));
    assert_eq!(send(Act::Ends(200, FAR), 3).await, (vec!["api.deprecated"], Some(1_830_211_200)));
    let told = events(&world).await;
    assert_eq!(json!(told[0].facts), json!({ "sunset": "2027-12-31T00:00:00Z" }));
    // A refusal tells it, too, and nothing follows from it but the warning.
    let twice = vec!["api.deprecated"; 2];
    assert_eq!(send(Act::Ends(422, NEAR), 1).await, (twice.clone(), Some(1_814_313_600)));
    // Meanwhile the refused value is tried again.
    world.pass(seconds(2 * 3_600)).await;
    assert_eq!(send(Act::Ends(200, None), 9).await, (twice.clone(), Some(1_814_313_600)));
    assert_eq!(send(QUICK, 3).await.0, twice, "an empty answer says nothing");
    let ends = ["api.deprecated", "api.deprecated", "api.supported"];
    assert_eq!(send(Act::Ends(200, None), 1).await, (ends.to_vec(), None));
    assert_eq!(world.lane(3).await.lane.attempt, 0);
}

#[tokio::test(start_paused = true)]
async fn a_warning_is_known_after_a_restart_and_not_told_again() {
    let ends = |sunset| Act::Ends(200, Some(sunset));
    let world = World::new().await;
    world.vendor().always(ends("Fri, 31 Dec 2027 00:00:00 GMT"));
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    let known = world.engine.deprecations();
    assert_eq!(known.len(), 1);
    let world = world.started_anew().await;
    assert_eq!(world.engine.deprecations(), known);
    for number in 2..20 {
        world.title(number, "Coach").await;
        world.pass(seconds(1)).await;
    }
    assert!(world.vendor().count() > 10);
    assert_eq!(kinds(&world).await, ["api.deprecated"]);
    world.vendor().always(ends("Wed, 30 Jun 2027 00:00:00 GMT"));
    world.title(20, "Coach").await;
    world.pass(seconds(1)).await;
    assert_eq!(kinds(&world).await, ["api.deprecated", "api.deprecated"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_watches_before_somebody_wants_to_be_told() {
    let world = World::new().await;
    world.vendor().always(Act::Down);
    for number in 1..=20 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(3_600)).await;
    assert_eq!(kinds(&world).await, [""; 0]);
    // What has begun before is told then.
    world.engine.watch(Some(THRESHOLDS));
    world.pass(seconds(1)).await;
    assert_eq!(kinds(&world).await, ["breaker.opened", "backlog.late"]);
}

#[tokio::test(start_paused = true)]
async fn drift_is_told_once_by_the_names_of_its_leaves() {
    let world = watched().await;
    let route = world.engine.routes().by_name("a").map(|(id, _)| id).expect("a route");
    let leaves: BTreeSet<_> = [canonical::Leaf::Title].into();
    for (compared, differing) in [(50, 0), (50, 2), (1, 1), (9, 0), (10, 0), (50, 0)] {
        let drift = Drift { compared, differing, leaves: leaves.clone() };
        world.engine.note_drift(route, &drift).await.expect("noted");
        let lasts = world.store.conditions().await.expect("read").len();
        assert_eq!(lasts, usize::from(differing > 0 || compared == 9), "{compared} {differing}");
    }
    let told = events(&world).await;
    assert_eq!(told.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["drift.found", "drift.gone"]);
    assert_eq!(json!(told[0].facts), json!({ "compared": 50, "differing": 2, "leaves": ["title"] }));
    assert_eq!(world.store.conditions().await, Ok(Vec::new()));
}
