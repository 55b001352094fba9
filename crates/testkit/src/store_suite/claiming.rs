//! At most one attempt is under way, and it carries the newest values.

use std::sync::Arc;

use canonical::{Leaf, Value};
use delivery::{
    LaneId, RouteSet,
    lane::{State, WaitCause},
};

use super::bench::{Bench, not_applied};

/// A healthy update is claimed by the transaction that takes it.
pub async fn a_permit_in_hand_is_used_by_the_accept_itself(bench: Bench) {
    let mut command = bench.command("crm-1", r#"{"title":"a","identities":{"alpha":7,"beta":7}}"#, 0);
    command.grants = vec![bench.id("alpha"), bench.id("mail")];
    let accepted = bench.store.accept(command).await.expect("accepted");
    let [work] = accepted.work.as_slice() else { panic!("one grant can be used: {:?}", accepted.work) };
    assert_eq!((work.route, work.claim.sent), (bench.id("alpha"), 1));
    let state = |name: &str| {
        let id = bench.id(name);
        accepted.lanes.iter().find(|row| row.route == id).map(|row| row.lane.state)
    };
    assert_eq!(
        (state("alpha"), state("beta"), state("mail")),
        (Some(State::InFlight), Some(State::Ready), None)
    );
    assert_eq!(bench.lane("crm-1", "alpha").await.state, State::InFlight);
    // The observer may be told after the caller is answered, but not after the next operation is.
    bench.store.check().await.expect("writable");
    // That the lane was ready for a moment is told to nobody: a dispatcher would look for it.
    assert_eq!(bench.recorder.states(work.lane), [State::InFlight]);
    // While it is under way the next update's permit is not used.
    let mut next = bench.command("crm-1", r#"{"title":"b"}"#, 1);
    next.grants = vec![bench.id("alpha")];
    assert!(bench.store.accept(next).await.expect("accepted").work.is_empty());
    bench.succeed(work, 2).await;
    assert_eq!(bench.claim_one("alpha", 3).await.claim.sent, 2);
}

/// G5: one attempt at a time.
pub async fn a_lane_in_flight_is_not_claimed_again(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    bench.claim_one("alpha", 1).await;
    bench.accept("crm-1", r#"{"title":"b"}"#, 2).await;
    let none = bench.claim("alpha", 3).await;
    assert!(none.work.is_empty() && !none.more && none.next_due.is_none());
}

/// Keep state, not patches.
pub async fn fifty_updates_become_one_request_with_the_newest_values(bench: Bench) {
    bench.accept("crm-1", r#"{"nickname":"n","identities":{"alpha":7}}"#, 0).await;
    for number in 1..=50 {
        bench.accept("crm-1", &format!(r#"{{"title":"{number}"}}"#), number).await;
    }
    let work = bench.claim_one("alpha", 99).await;
    assert_eq!(work.claim.sent, 51);
    assert_eq!(work.claim.leaves(), [(Leaf::Nickname, 1), (Leaf::Title, 51)]);
    assert_eq!(work.profile.value(&Leaf::Title), Some(&Value::Text("50".to_owned())));
    bench.succeed(&work, 100).await;
    assert!(bench.claim("alpha", 101).await.work.is_empty());
}

/// The longest due go first.
pub async fn a_claim_takes_no_more_than_its_limit_and_says_so(bench: Bench) {
    for number in 1..=5 {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, number).await;
    }
    let mut due = bench.due("alpha", 9);
    due.limit = 3;
    let first = bench.store.claim(due.clone()).await.expect("claimed");
    let users: Vec<_> = first.work.iter().map(|work| work.user.as_str()).collect();
    assert_eq!((users, first.more), (vec!["crm-1", "crm-2", "crm-3"], true));
    let rest = bench.store.claim(due).await.expect("claimed");
    assert_eq!((rest.work.len(), rest.more), (2, false));
}

/// Of those that wait, too, the longest due go first, whatever they wait for, and the first of all wakes the route.
pub async fn of_many_lanes_that_wait_the_longest_due_go_first(bench: Bench) {
    for number in 1..=6 {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, number).await;
    }
    let works = bench.claim("alpha", 10).await.work;
    for (work, next_at) in works.iter().zip([6_000, 5_000, 4_000, 3_000, 2_000, 1_000]) {
        let cause = if next_at % 2_000 == 0 { WaitCause::Backoff } else { WaitCause::Outage };
        bench.settle(work, not_applied(cause, next_at), 20).await;
    }
    let none = bench.claim("alpha", 999).await;
    assert_eq!((none.work.len(), none.next_due), (0, Some(1_000)));
    let mut due = bench.due("alpha", 9_000);
    due.limit = 1;
    for expected in ["crm-6", "crm-5", "crm-4", "crm-3", "crm-2", "crm-1"] {
        let claimed = bench.store.claim(due.clone()).await.expect("claimed");
        let users: Vec<_> = claimed.work.iter().map(|work| work.user.as_str()).collect();
        assert_eq!(users, [expected]);
    }
}

/// Repeated attempts do not crowd out first ones.
pub async fn retries_wait_for_their_budget(bench: Bench) {
    for number in 1..=3 {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, number).await;
    }
    for work in bench.claim("alpha", 10).await.work {
        bench.settle(&work, not_applied(WaitCause::Backoff, 2_000), 11).await;
    }
    let early = bench.claim("alpha", 1_999).await;
    assert!(early.work.is_empty());
    assert_eq!((early.more, early.next_due), (false, Some(2_000)));
    bench.accept("crm-4", r#"{"title":"a","identities":{"alpha":4}}"#, 2_500).await;
    let mut due = bench.due("alpha", 3_000);
    due.retries = 1;
    let claimed = bench.store.claim(due).await.expect("claimed");
    let users: Vec<_> = claimed.work.iter().map(|work| work.user.as_str()).collect();
    assert_eq!((users, claimed.retries), (vec!["crm-1", "crm-4"], 1));
    assert_eq!((claimed.more, claimed.next_due), (false, Some(4_000)));
}

/// What waits because of the route goes on with it; what waits because of itself does not.
pub async fn a_recovered_route_releases_its_lanes(bench: Bench) {
    for (number, cause) in [(1, WaitCause::Outage), (2, WaitCause::Backoff)] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 0).await;
        let work = bench.claim_one("alpha", 10).await;
        bench.settle(&work, not_applied(cause, 900_000), 20).await;
    }
    assert!(bench.claim("alpha", 100).await.work.is_empty());
    let mut due = bench.due("alpha", 100);
    (due.released_at, due.retries) = (Some(50), 0);
    let claimed = bench.store.claim(due.clone()).await.expect("claimed");
    let [work] = claimed.work.as_slice() else { panic!("one lane is released: {:?}", claimed.work) };
    assert_eq!((work.user.as_str(), claimed.retries, claimed.next_due), ("crm-1", 0, Some(900_000)));
    // It has had its turn since the recovery.
    bench.settle(work, not_applied(WaitCause::Outage, 900_000), 110).await;
    due.now = 120;
    assert!(bench.store.claim(due).await.expect("claimed").work.is_empty());
}

/// A lane of a removed route stays as it is.
pub async fn a_route_that_is_not_configured_claims_nothing(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let mut due = bench.due("alpha", 1);
    due.routes = Arc::new(RouteSet::default());
    assert!(bench.store.claim(due).await.expect("claimed").work.is_empty());
    assert_eq!(
        bench.claim_one("alpha", 2).await.lane,
        bench.row("crm-1", "alpha").await.id.unwrap_or(LaneId(0))
    );
}

/// R1: what arrives during an attempt is owed after it.
pub async fn an_update_while_in_flight_is_sent_next(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let first = bench.claim_one("alpha", 1).await;
    bench.accept("crm-1", r#"{"nickname":"b"}"#, 2).await;
    bench.succeed(&first, 3).await;
    assert_eq!(bench.claim_one("alpha", 4).await.claim.leaves(), [(Leaf::Nickname, 2)]);
}
