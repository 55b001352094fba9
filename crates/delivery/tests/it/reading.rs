use std::time::Duration;

use adapter::{ErrorKind, Path, ReadRequest};
use canonical::Leaf;
use delivery::{
    Rate, RouteId,
    audit::{AuditFilter, AuditKind},
    drift::{Finding, VerifyOutcome},
    engine::LookError,
    reading::ReadError,
    store::{Actor, Audit, Reads, UserSnapshot},
};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    vendor::{Act, Vendor},
    world::{World, seconds, stubborn, user},
};

fn route(world: &World, name: &str) -> RouteId {
    world.engine.routes().by_name(name).expect("configured").0
}

async fn snapshot(world: &World, number: u32) -> UserSnapshot {
    world.store.user(&user(number)).await.expect("readable").expect("known")
}

async fn verify(world: &World, number: u32) -> Vec<VerifyOutcome> {
    let verified = world.engine.verify(vec![user(number)], None, seconds(60)).await.expect("readable");
    verified.results.into_iter().map(|verified| verified.outcome).collect()
}

async fn title_of(world: &World, number: u32) -> Option<Finding> {
    match &verify(world, number).await[0] {
        VerifyOutcome::Compared(findings) => findings.get(&Leaf::Title).copied(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_was_changed_behind_our_back_is_found() {
    let world = World::with(2, |_| {}).await;
    world.patch(1, json!({ "title": "Coach", "nickname": "Jo" })).await;
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({ "title": "Boss", "nickname": "Jo" }));
    world.vendors[1].shows(json!({ "title": "Coach" }));
    let outcomes = verify(&world, 1).await;
    assert_eq!(outcomes.iter().map(VerifyOutcome::is_drift).collect::<Vec<_>>(), [true, false]);
    let VerifyOutcome::Compared(findings) = &outcomes[0] else { panic!("{outcomes:?}") };
    let told = [(Leaf::Nickname, Finding::Same), (Leaf::Title, Finding::Differs)];
    assert_eq!(findings.clone().into_iter().collect::<Vec<_>>(), told);
    let VerifyOutcome::Compared(findings) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(findings[&Leaf::Nickname], Finding::NotShown);
    let look = world.engine.look(&snapshot(&world, 1).await, route(&world, "a")).await.expect("shown");
    assert_eq!(look.seen.get("title").and_then(canonical::Json::as_str), Some("Boss"));
    assert!(!format!("{look:?} {outcomes:?}").contains("Boss"), "no value in a Debug output");
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_is_behind_and_no_drift() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({ "title": "Coach" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::Same));
    // Sent, and not answered yet.
    world.vendor().next([Act::Ok(seconds(10))]);
    world.title(1, "Boss").await;
    world.pass(seconds(1)).await;
    let before = world.vendor().reads().len();
    assert_eq!(title_of(&world, 1).await, Some(Finding::Behind));
    assert_eq!(world.vendor().reads().len(), before, "nothing could be compared, so that nobody was asked");
    world.pass(seconds(20)).await;
    assert_eq!(title_of(&world, 1).await, Some(Finding::Differs));
    // Sent and confirmed while the vendor answers with what it had before.
    world.vendor().next_read(Act::Ok(seconds(5)));
    let (found, ()) = tokio::join!(title_of(&world, 1), async {
        world.pass(seconds(1)).await;
        world.title(1, "Chief").await;
    });
    assert_eq!(found, Some(Finding::Behind));
}

#[tokio::test(start_paused = true)]
async fn a_person_whom_the_vendor_has_lost_is_drift() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().next_read(Act::Status(404));
    assert_eq!(verify(&world, 1).await, [VerifyOutcome::Gone]);
    assert!(VerifyOutcome::Gone.is_drift());
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_cleared_is_kept_until_it_is_seen_to_be_gone() {
    let world = World::new().await;
    world.engine.reload(stubborn(&world), false).await.expect("reloaded");
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.patch(1, json!({ "title": null })).await;
    world.vendor().shows(json!({ "title": "Coach" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::Kept));
    assert!(!verify(&world, 1).await[0].is_drift(), "it is known");
    assert!(world.lane(1).await.lane.keeps);
    world.vendor().shows(json!({ "nickname": "Jo" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::NotShown));
    assert!(world.lane(1).await.lane.keeps, "what is not shown may be there");
    world.vendor().shows(json!({ "title": "" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::KeptNoMore));
    assert!(!world.lane(1).await.lane.keeps);
    assert_eq!(title_of(&world, 1).await, None, "nobody looks for it again");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_request_may_bring_back_is_not_forgotten() {
    let world = World::new().await;
    world.engine.reload(stubborn(&world), false).await.expect("reloaded");
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().next([Act::Silence]);
    world.title(1, "Boss").await;
    world.pass(seconds(30)).await;
    world.patch(1, json!({ "title": null })).await;
    let suspect_until = world.lane(1).await.lane.suspect_until.expect("a request was lost");
    assert!(suspect_until > world.engine.now());
    world.vendor().shows(json!({ "title": "" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::Behind));
    let route = route(&world, "a");
    let forgotten = world.engine.forget_kept(route, None, Actor("ops".to_owned())).await;
    assert_eq!(forgotten, Ok(0), "nor does an operator know what arrives");
    assert!(world.lane(1).await.lane.keeps);
    world.pass(seconds(600)).await;
    assert_eq!(title_of(&world, 1).await, Some(Finding::KeptNoMore));
    assert!(!world.lane(1).await.lane.keeps);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_while_the_vendor_was_asked_is_not_forgotten() {
    let world = World::new().await;
    world.engine.reload(stubborn(&world), false).await.expect("reloaded");
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.patch(1, json!({ "title": null })).await;
    world.vendor().shows(json!({ "title": "" }));
    world.vendor().next_read(Act::Ok(seconds(5)));
    let (found, ()) = tokio::join!(title_of(&world, 1), async {
        world.pass(seconds(1)).await;
        world.title(1, "Boss").await;
        world.pass(seconds(1)).await;
        world.patch(1, json!({ "title": null })).await;
    });
    assert_eq!(found, Some(Finding::Behind));
    assert!(world.lane(1).await.lane.keeps);
}

#[tokio::test(start_paused = true)]
async fn reading_keeps_the_routes_rate_together_with_what_is_sent() {
    let world = World::with(1, |limits| limits.rate = Rate::PerSecond(2.0)).await;
    for number in 1..5 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(60)).await;
    world.vendor().shows(json!({ "title": "Coach" }));
    let began = world.elapsed();
    let users = (1..5).map(user).collect();
    let verifying = world.engine.verify(users, None, seconds(60));
    let (verified, ()) = tokio::join!(verifying, async {
        for number in 5..9 {
            world.title(number, "Coach").await;
        }
        world.pass(seconds(10)).await;
    });
    assert_eq!(verified.expect("readable").results.len(), 4);
    let sent = world.vendor().seen().into_iter().map(|seen| seen.at).filter(|at| *at >= began);
    let mut all: Vec<Duration> = world.vendor().reads().into_iter().chain(sent).collect();
    all.sort();
    assert_eq!(all.len(), 8);
    for window in all.windows(5) {
        let took = window[4] - window[0];
        assert!(took >= Duration::from_millis(1_000), "2 at once and 2 in a second: {all:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn single_questions_keep_the_routes_rate_and_its_turn() {
    let world = World::with(1, |limits| limits.rate = Rate::PerSecond(2.0)).await;
    let (a, began) = (route(&world, "a"), world.elapsed());
    world.vendor().shows(json!({ "title": "Coach" }));
    let request = ReadRequest { path: Path::new(["x"]), query: Vec::new(), headers: Vec::new() };
    let asked = join_all((0..6).map(|_| world.engine.ask(a, &request))).await;
    assert!(asked.iter().all(Result::is_ok), "{asked:?}");
    assert_eq!(world.vendor().reads().len(), 6);
    let took = world.elapsed() - began;
    assert!(took >= Duration::from_millis(1_900), "2 at once and 2 in a second: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_comparison_that_nobody_waits_for_any_more_is_kept_all_the_same() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({ "title": "Boss" }));
    world.vendor().next_read(Act::Ok(seconds(5)));
    let comparing = world.engine.verify_as(vec![user(1)], None, seconds(60), Actor("ops".to_owned()));
    assert!(tokio::time::timeout(seconds(1), comparing).await.is_err(), "it takes longer");
    world.pass(seconds(10)).await;
    let entries = AuditFilter { kind: Some(AuditKind::Verify), limit: 10, ..AuditFilter::default() };
    let entries = world.store.audit_log(entries).await.expect("readable");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].detail, "1 comparisons, 1 with drift");
}

#[tokio::test(start_paused = true)]
async fn one_reading_at_a_time_asks_a_route() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.title(2, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({ "title": "Coach" }));
    world.vendor().next_read(Act::Ok(seconds(5)));
    world.vendor().next_read(Act::Ok(seconds(5)));
    let before = world.elapsed();
    tokio::join!(verify(&world, 1), verify(&world, 2));
    assert_eq!((world.elapsed() - before).as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_waits_for_a_pause_that_the_vendor_asked_for_but_not_for_long() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({}));
    world.vendor().next([Act::With(429, "Retry-After", "5")]);
    world.title(2, "Coach").await;
    world.pass(seconds(1)).await;
    let before = world.elapsed();
    assert!(matches!(verify(&world, 1).await[..], [VerifyOutcome::Compared(_)]));
    assert!(world.elapsed() - before >= seconds(3), "{:?}", world.elapsed() - before);
    world.pass(seconds(60)).await;
    world.vendor().next([Act::With(429, "Retry-After", "600")]);
    world.title(2, "Boss").await;
    world.pass(seconds(1)).await;
    let (before, reads) = (world.elapsed(), world.vendor().reads().len());
    assert!(matches!(verify(&world, 1).await[..], [VerifyOutcome::Unread(ReadError::Busy(_))]));
    assert_eq!((world.elapsed(), world.vendor().reads().len()), (before, reads));
}

#[tokio::test(start_paused = true)]
async fn failures_of_a_reading_stop_nothing_and_a_stopped_route_can_be_read() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    let read = async |vendor: &Vendor, act: Act| {
        vendor.next_read(act);
        verify(&world, 1).await.remove(0)
    };
    for _ in 0..20 {
        for status in [401, 403, 429, 500, 503] {
            assert!(matches!(read(world.vendor(), Act::Status(status)).await, VerifyOutcome::Unread(_)));
        }
        assert!(matches!(
            read(world.vendor(), Act::Silence).await,
            VerifyOutcome::Unread(ReadError::Unanswered(_))
        ));
    }
    let condition = world.engine.conditions()[&route(&world, "a")];
    assert_eq!((condition.pause, condition.breaker_until, condition.throttled_until), (None, None, None));
    assert_eq!(condition.in_flight, 0);
    let accepted = world.title(1, "Boss").await;
    world.applied(&accepted, seconds(1)).await;
    world.engine.pause(route(&world, "a"), Actor("operator".to_owned())).await.expect("stored");
    world.vendor().shows(json!({ "title": "Boss" }));
    assert_eq!(title_of(&world, 1).await, Some(Finding::Same));
}

#[tokio::test(start_paused = true)]
async fn a_route_that_cannot_be_read_is_asked_once_for_many_users() {
    let world = World::with(2, |_| {}).await;
    for number in 1..11 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(1)).await;
    world.vendor().next_read(Act::Status(401));
    world.vendors[1].shows(json!({ "title": "Coach" }));
    let verified = world.engine.verify((1..11).map(user).collect(), None, seconds(60)).await;
    let verified = verified.expect("readable");
    assert_eq!(verified.results.len(), 20);
    let unread = |outcome: &VerifyOutcome| match outcome {
        VerifyOutcome::Unread(ReadError::Refused(error)) => error.kind == ErrorKind::Unauthenticated,
        _ => false,
    };
    assert_eq!(verified.results.iter().filter(|verified| unread(&verified.outcome)).count(), 10);
    assert_eq!((world.vendor().reads().len(), world.vendors[1].reads().len()), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn a_verification_ends_in_time_and_says_whom_it_did_not_reach() {
    let world = World::new().await;
    for number in 1..6 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(1)).await;
    world.vendor().shows(json!({ "title": "Coach" }));
    for _ in 0..5 {
        world.vendor().next_read(Act::Ok(seconds(10)));
    }
    let verified = world.engine.verify((1..6).map(user).collect(), None, seconds(25)).await;
    let verified = verified.expect("readable");
    assert_eq!((verified.results.len(), verified.unreached), (3, vec![user(4), user(5)]));
}

#[tokio::test(start_paused = true)]
async fn a_sample_has_everybody_once_where_there_are_not_more() {
    let world = World::with(2, |_| {}).await;
    assert_eq!(world.engine.sample(None, 5).await.expect("readable"), []);
    for number in 1..121 {
        world.title(number, "Coach").await;
    }
    world.pass(seconds(1)).await;
    world
        .engine
        .erase(user(7), delivery::store::Precondition::None, Actor("dpo".to_owned()))
        .await
        .expect("stored");
    for filter in [None, Some(route(&world, "b"))] {
        let mut all = world.engine.sample(filter, 500).await.expect("readable");
        all.sort_by_key(ToString::to_string);
        all.dedup();
        assert_eq!(all.len(), 119);
        assert!(!all.contains(&user(7)));
    }
    let some = world.engine.sample(None, 10).await.expect("readable");
    let others = world.engine.sample(None, 10).await.expect("readable");
    assert_eq!((some.len(), others.len()), (10, 10));
    assert_ne!(some, others);
}

#[tokio::test(start_paused = true)]
async fn definitions_are_read_to_their_end_and_not_for_ever() {
    let world = World::new().await;
    let a = route(&world, "a");
    world.vendor().shows(json!({ "fields": ["x"] }));
    assert_eq!(world.engine.definitions(a, false).await.expect("shown").len(), 1);
    world.vendor().shows(json!({ "fields": ["x"], "more": true }));
    let before = world.vendor().reads().len();
    assert_eq!(world.engine.definitions(a, false).await, Err(ReadError::TooLong));
    assert_eq!(world.vendor().reads().len() - before, 20);
}

#[tokio::test(start_paused = true)]
async fn a_user_without_an_identity_is_not_asked_for() {
    let world = World::with(2, |_| {}).await;
    world.identify(1, 5).await;
    world.pass(seconds(1)).await;
    let look = world.engine.look(&snapshot(&world, 1).await, route(&world, "b")).await;
    assert_eq!(look, Err(LookError::NoIdentity));
    assert_eq!(verify(&world, 1).await[1], VerifyOutcome::NotServed);
    assert!(world.vendors[1].reads().is_empty());
}
