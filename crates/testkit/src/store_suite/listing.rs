//! What is stored can be looked at in pages.

use canonical::{Leaf, UserId};
use delivery::{
    lane::{BlockReason, Outcome, State, WaitCause},
    store::{
        Accept, AcceptError, LaneFilter, LaneStateFilter, RouteCounts, Sweep, UpdateCursor, WithoutIdentity,
    },
};

use super::bench::{Bench, attempt, key, not_applied, rejected, user};
use crate::routes;

/// `crm-1` and `crm-2` ready, `crm-3` held, `crm-4` idle at `alpha`; `crm-5` blocked at `needy`.
async fn populate(bench: &Bench) {
    for number in [3, 4] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 10).await;
        let work = bench.claim_one("alpha", 11).await;
        if number == 3 {
            bench.settle(&work, rejected(&[Leaf::Title]), 12).await;
            assert!(bench.claim("alpha", 13).await.work.is_empty());
        } else {
            bench.succeed(&work, 12).await;
        }
    }
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 20 + number).await;
    }
    bench.accept("crm-5", r#"{"nickname":"n","identities":{"needy":5}}"#, 30).await;
    assert!(bench.claim("needy", 31).await.work.is_empty());
}

async fn listed(bench: &Bench, filter: LaneFilter) -> Vec<String> {
    let lanes = bench.store.lanes(filter).await.expect("read");
    assert!(lanes.windows(2).all(|pair| pair[0].row.id < pair[1].row.id));
    lanes.into_iter().map(|lane| lane.user.to_string()).collect()
}

/// By state, by route, and on from where a page ended.
pub async fn lanes_are_listed_by_state_in_pages(bench: Bench) {
    assert_eq!(bench.store.last_lane().await, Ok(None));
    populate(&bench).await;
    let filter = |states: &[LaneStateFilter]| LaneFilter {
        states: states.to_vec(),
        limit: 10,
        ..LaneFilter::default()
    };
    assert_eq!(listed(&bench, filter(&[LaneStateFilter::Pending])).await, ["crm-1", "crm-2"]);
    assert_eq!(listed(&bench, filter(&[LaneStateFilter::Held])).await, ["crm-3"]);
    assert_eq!(listed(&bench, filter(&[LaneStateFilter::Blocked])).await, ["crm-5"]);
    let attention = filter(&[LaneStateFilter::Blocked, LaneStateFilter::Held]);
    assert_eq!(listed(&bench, attention.clone()).await, ["crm-3", "crm-5"]);
    let alpha = LaneFilter { route: Some(bench.id("alpha")), ..attention };
    assert_eq!(listed(&bench, alpha).await, ["crm-3"]);
    let all = bench.store.lanes(filter(&[])).await.expect("read");
    assert_eq!(all.len(), 5);
    assert_eq!(bench.store.last_lane().await.expect("read"), all[4].row.id);

    assert_eq!(listed(&bench, LaneFilter { user: Some(user("crm-3")), ..filter(&[]) }).await, ["crm-3"]);
    let for_reasons = |reasons: &[BlockReason]| LaneFilter { reasons: reasons.to_vec(), ..filter(&[]) };
    assert_eq!(
        listed(&bench, for_reasons(&[BlockReason::Internal, BlockReason::NeedsData])).await,
        ["crm-5"]
    );
    assert!(listed(&bench, for_reasons(&[BlockReason::Rejected])).await.is_empty());
    let since = |since| LaneFilter { since: Some(since), ..filter(&[]) };
    assert_eq!(listed(&bench, since(12)).await, ["crm-3"], "held since 12");
    assert_eq!(listed(&bench, since(21)).await, ["crm-3", "crm-1"]);
    assert_eq!(listed(&bench, since(1_000)).await, ["crm-3", "crm-1", "crm-2", "crm-5"]);

    let mut page = LaneFilter { route: Some(bench.id("alpha")), limit: 3, ..LaneFilter::default() };
    let first = bench.store.lanes(page.clone()).await.expect("read");
    assert_eq!(first.len(), 3);
    page.after = first[2].row.id;
    assert_eq!(listed(&bench, page).await, ["crm-2"]);
    let newest = bench.store.updates_of(&user("crm-3"), None, 1).await.expect("read");
    assert_eq!((first[0].version, first[0].update), (1, Some(newest[0].id)));
}

/// The numbers that operators watch.
pub async fn lanes_are_counted_by_state(bench: Bench) {
    populate(&bench).await;
    let alpha = bench.id("alpha");
    let counts = RouteCounts {
        lanes: 4,
        pending: 2,
        held: 1,
        blocked: 0,
        keeping: 0,
        in_doubt: 0,
        without_identity: 1,
        failing: 0,
        oldest_since: Some(21),
        oldest_waiting_since: Some(21),
    };
    assert_eq!(bench.store.counts(alpha).await, Ok(counts));
    let needy_id = bench.id("needy");
    let needy = bench.store.counts(needy_id).await.expect("read");
    assert_eq!((needy.lanes, needy.pending, needy.blocked), (1, 0, 1));
    // Who is known at another route alone is told, and is not when erased.
    let page =
        |after: Option<&str>, limit| WithoutIdentity { route: needy_id, after: after.map(user), limit };
    let ids = |found: Vec<(UserId, u64)>| found.into_iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>();
    let found = bench.store.without_identity(page(None, 9)).await.expect("read");
    assert_eq!((needy.without_identity, found[0].1), (4, 1));
    assert_eq!(ids(found), ["crm-1", "crm-2", "crm-3", "crm-4"]);
    assert_eq!(ids(bench.store.without_identity(page(Some("crm-2"), 1)).await.expect("read")), ["crm-3"]);
    // In flight and waiting are pending, too.
    let work = bench.claim("alpha", 40).await.work;
    bench.settle(&work[0], not_applied(WaitCause::Outage, 99), 41).await;
    assert_eq!(bench.store.counts(alpha).await.expect("read").pending, 2);
    // A lost answer, and then a success: all is confirmed, and may still be overwritten.
    let Outcome::NotApplied { failure } = not_applied(WaitCause::Backoff, 42) else { unreachable!() };
    bench.settle(&work[1], Outcome::Unknown { failure, suspect_until: 500 }, 41).await;
    let again = bench.claim_one("alpha", 43).await;
    bench.succeed(&again, 44).await;
    let counts = bench.store.counts(alpha).await.expect("read");
    assert_eq!((counts.pending, counts.in_doubt), (1, 1));
    let in_doubt = LaneFilter { states: vec![LaneStateFilter::InDoubt], limit: 10, ..LaneFilter::default() };
    assert_eq!(listed(&bench, in_doubt).await, ["crm-2"]);
    // An erased lane is not counted, and counts again in a new life.
    bench.erase("crm-1", 50).await;
    assert_eq!(bench.store.counts(alpha).await.expect("read").lanes, 3);
    assert_eq!(bench.store.counts(needy_id).await.expect("read").without_identity, 3);
    let mut revival = bench.command("crm-1", r#"{"identities":{"alpha":1}}"#, 60);
    revival.precondition = delivery::store::Precondition::Absent;
    bench.store.accept(revival).await.expect("a new life");
    assert_eq!(bench.store.counts(alpha).await.expect("read").lanes, 4);
}

/// A user whose identity was removed is one of those without, and everybody is counted once.
pub async fn a_removed_identity_is_none(bench: Bench) {
    let alpha = bench.id("alpha");
    let counted = async || {
        let counts = bench.store.counts(alpha).await.expect("read");
        let all = WithoutIdentity { route: alpha, after: None, limit: 9 };
        let listed = bench.store.without_identity(all).await.expect("read");
        assert_eq!(listed.len() as u64, counts.without_identity);
        (counts.lanes, counts.without_identity)
    };
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 10).await;
    }
    assert_eq!(counted().await, (2, 0));
    let operate = async |user: &str, json: &str, now| {
        let command = Accept { may_operate: true, ..bench.command(user, json, now) };
        bench.store.accept(command).await.expect("accepted");
    };
    operate("crm-1", r#"{"identities":{"alpha":null}}"#, 20).await;
    assert_eq!(counted().await, (1, 1));
    // Of somebody who never had one, nothing changes.
    operate("crm-3", r#"{"title":"c","identities":{"alpha":null}}"#, 30).await;
    assert_eq!(counted().await, (1, 2));
    bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 40).await;
    assert_eq!(counted().await, (2, 1));
    bench.erase("crm-2", 50).await;
    assert_eq!(counted().await, (1, 1));
}

/// Who fails alone is told from those who wait for their turn.
pub async fn who_fails_alone_is_counted_apart(bench: Bench) {
    let alpha = bench.id("alpha");
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, number).await;
    }
    let work = bench.claim("alpha", 10).await.work;
    let counts = async || {
        let counts = bench.store.counts(alpha).await.expect("read");
        (counts.pending, counts.failing, counts.oldest_since, counts.oldest_waiting_since)
    };
    assert_eq!(counts().await, (2, 0, Some(1), Some(1)));
    let first = usize::from(work[0].user.as_str() != "crm-1");
    bench.settle(&work[first], not_applied(WaitCause::Backoff, 99), 11).await;
    assert_eq!(counts().await, (2, 1, Some(1), Some(2)));
    bench.settle(&work[1 - first], not_applied(WaitCause::Backoff, 99), 11).await;
    assert_eq!(counts().await, (2, 2, Some(1), None));
}

/// A page begins after the last update of the one before. One that changed nothing is listed as well.
pub async fn updates_are_listed_newest_first_in_pages(bench: Bench) {
    let (mut ids, mut without_change) = (Vec::new(), Vec::new());
    for number in 0..5 {
        ids.push(bench.accept("crm-1", &format!(r#"{{"title":"{number}"}}"#), number).await.update.id);
        without_change.push(bench.accept("crm-2", "{}", number).await.update.id);
    }
    without_change.reverse();
    let listed = bench.store.updates_of(&user("crm-2"), None, 9).await.expect("read");
    assert_eq!(listed.iter().map(|update| update.id).collect::<Vec<_>>(), without_change);
    ids.reverse();
    let page = |after| async move { after };
    let first = bench.store.updates_of(&user("crm-1"), page(None).await, 3).await.expect("read");
    let after = Some(UpdateCursor(first[2].id));
    let rest = bench.store.updates_of(&user("crm-1"), after, 3).await.expect("read");
    let found: Vec<_> = first.iter().chain(&rest).map(|update| update.id).collect();
    assert_eq!(found, ids);
}

/// Retention removes records, never state.
pub async fn a_sweep_removes_what_is_old_and_nothing_else(bench: Bench) {
    let mut command = bench.command("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 10);
    command.idempotency = Some(key("k", "r"));
    let repeated = command.clone();
    let old = bench.store.accept(command).await.expect("accepted").update;
    let work = bench.claim_one("alpha", 11).await;
    let mut settlement = bench.settlement(&work, not_applied(WaitCause::Backoff, 20), 12);
    settlement.attempt = Some(attempt(11, "busy"));
    bench.store.settle(settlement).await.expect("settled");
    let new = bench.accept("crm-1", r#"{"title":"b"}"#, 1_000).await.update;
    let before = bench.user("crm-1").await;

    let sweep = |updates_before, attempts_before, now| Sweep { updates_before, attempts_before, now };
    assert_eq!(bench.store.sweep(sweep(10, 11, 10)).await, Ok(0));
    assert_eq!(bench.store.sweep(sweep(10, 1_000, 10)).await, Ok(1));
    assert_eq!(bench.store.sweep(sweep(1_000, 1_000, 86_400_000)).await, Ok(2));
    assert_eq!(bench.user("crm-1").await, before);
    assert_eq!(bench.store.update(old.id).await, Ok(None));
    assert_eq!(bench.store.update(new.id).await, Ok(Some(new)));
    assert_eq!(bench.store.attempts(work.lane, 9).await, Ok(vec![]));
    assert_eq!(bench.lane("crm-1", "alpha").await.state, State::Wait(WaitCause::Backoff));
    let again: Result<_, AcceptError> = bench.store.accept(repeated).await;
    assert!(!again.expect("a new request").replayed);
}

/// Of whom a vendor keeps a value that is not theirs any more is listed and counted, until it has another one.
pub async fn what_a_vendor_keeps_is_listed_and_counted(bench: Bench) {
    let bench = bench.with(routes::stubborn("alpha"));
    let keeps = || LaneFilter { states: vec![LaneStateFilter::Keeps], limit: 10, ..LaneFilter::default() };
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 10).await;
        let work = bench.claim_one("alpha", 11).await;
        bench.succeed(&work, 12).await;
    }
    assert_eq!(listed(&bench, keeps()).await, [""; 0]);
    bench.accept("crm-2", r#"{"title":null}"#, 20).await;
    assert_eq!(listed(&bench, keeps()).await, ["crm-2"]);
    assert_eq!(bench.store.counts(bench.id("alpha")).await.expect("read").keeping, 1);
    bench.accept("crm-2", r#"{"title":"b"}"#, 30).await;
    let work = bench.claim_one("alpha", 31).await;
    bench.succeed(&work, 32).await;
    assert_eq!(listed(&bench, keeps()).await, [""; 0]);
    assert_eq!(bench.store.counts(bench.id("alpha")).await.expect("read").keeping, 0);
}
