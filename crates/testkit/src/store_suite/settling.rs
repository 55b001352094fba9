//! What became of an attempt decides how the lane goes on.

use std::collections::BTreeSet;

use canonical::Leaf;
use delivery::{
    lane::{BlockReason, FailureClass, HoldReason, Outcome, Rearm, State, WaitCause},
    store::{RearmTarget, Settled},
};

use super::bench::{Bench, attempt, not_applied, ok, rejected};

/// Confirmed, and nothing more is owed.
pub async fn a_lane_comes_to_rest_when_its_attempt_succeeds(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    let outcome = Outcome::Ok { witness: Some("w-9".to_owned()), unverified: vec![Leaf::Title] };
    bench.settle(&work, outcome, 2).await;
    let lane = bench.lane("crm-1", "alpha").await;
    assert_eq!((lane.state, lane.slots.newest(&Leaf::Title), lane.pinned), (State::Idle, (1, false), true));
    assert_eq!((lane.witness.as_deref(), &*lane.unverified), (Some("w-9"), &[Leaf::Title][..]));
    assert_eq!((lane.last_send_at, lane.slots.latest()), (Some(1), Some(2)));
}

/// What an update belongs to is known when it is sent, hours later and after another one that belongs to nothing.
pub async fn the_trace_of_an_update_goes_along_until_it_is_delivered(bench: Bench) {
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok();
    let mut command = bench.command("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0);
    command.trace = trace;
    bench.store.accept(command).await.expect("accepted");
    let work = bench.claim_one("alpha", 1).await;
    assert_eq!(work.trace, trace);
    bench.settle(&work, not_applied(WaitCause::Backoff, 5), 2).await;
    bench.accept("crm-1", r#"{"nickname":"b"}"#, 3).await;
    let again = bench.claim_one("alpha", 5).await;
    assert_eq!(again.trace, trace);
    bench.succeed(&again, 6).await;
    bench.accept("crm-1", r#"{"nickname":"c"}"#, 7).await;
    assert_eq!(bench.claim_one("alpha", 8).await.trace, None);
}

/// G17: a settle of another claim changes nothing.
pub async fn an_answer_to_an_older_claim_changes_nothing(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let old = bench.claim_one("alpha", 1).await;
    bench.settle(&old, not_applied(WaitCause::Backoff, 5), 2).await;
    let new = bench.claim_one("alpha", 5).await;
    assert!(new.claim.epoch > old.claim.epoch);
    let before = bench.lane("crm-1", "alpha").await;
    bench.succeed(&old, 6).await;
    assert_eq!(bench.lane("crm-1", "alpha").await, before);
    bench.succeed(&new, 7).await;
    let after = bench.lane("crm-1", "alpha").await;
    bench.succeed(&new, 8).await;
    assert_eq!(bench.lane("crm-1", "alpha").await, after);
}

fn names(witness: &str) -> Outcome {
    Outcome::Ok { witness: Some(witness.to_owned()), unverified: Vec::new() }
}

/// G21: the person behind the second user is the first user's.
pub async fn a_success_that_names_another_users_person_is_about_the_wrong_one(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let first = bench.claim_one("alpha", 1).await;
    let settle = |work, now| bench.store.settle(bench.settlement(work, names("w-9"), now));
    assert_eq!(settle(&first, 2).await, Ok(Settled::AsAnswered));
    bench.accept("crm-2", r#"{"title":"b","identities":{"alpha":8,"beta":8}}"#, 3).await;
    let second = bench.claim_one("alpha", 4).await;
    let (route, lane) = (second.route, second.lane);
    assert_eq!(bench.store.is_of_another(route, lane, "w-9".to_owned()).await, Ok(true));
    assert_eq!(bench.store.is_of_another(route, first.lane, "w-9".to_owned()).await, Ok(false));
    assert_eq!(bench.store.is_of_another(route, lane, "w-8".to_owned()).await, Ok(false));
    assert_eq!(settle(&second, 5).await, Ok(Settled::AnotherPerson));
    let lane = bench.lane("crm-2", "alpha").await;
    assert_eq!(lane.state, State::Blocked(BlockReason::WrongSubject));
    assert_eq!((lane.pinned, lane.witness.as_deref()), (false, None));
    assert_eq!(lane.slots.newest(&Leaf::Title).0, 0, "nothing is confirmed");
    let attempts = bench.store.attempts(second.lane, 9).await.expect("read");
    assert_eq!(attempts[0].class, Some(FailureClass::WrongSubject));
    // Elsewhere the same id is somebody else, and the first user goes on.
    let elsewhere = bench.claim_one("beta", 6).await;
    assert_eq!(settle(&elsewhere, 7).await, Ok(Settled::AsAnswered));
    bench.accept("crm-1", r#"{"title":"c"}"#, 8).await;
    let again = bench.claim_one("alpha", 9).await;
    assert_eq!(settle(&again, 10).await, Ok(Settled::AsAnswered));
    // Once the first user is somebody else, the person is nobody's.
    let mut change = bench.command("crm-1", r#"{"identities":{"alpha":1}}"#, 11);
    change.may_operate = true;
    bench.store.accept(change).await.expect("changed");
    assert_eq!(bench.store.is_of_another(route, second.lane, "w-9".to_owned()).await, Ok(false));
}

/// Both were sent before either was answered, and are settled in one transaction where the store makes one of them.
pub async fn of_two_that_name_one_person_at_once_the_second_is_wrong(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    bench.accept("crm-2", r#"{"title":"b","identities":{"alpha":8}}"#, 0).await;
    let work = bench.claim("alpha", 1).await.work;
    let settle = |at: usize| bench.store.settle(bench.settlement(&work[at], names("w-9"), 2));
    let (one, other) = tokio::join!(settle(0), settle(1));
    let found = [one.expect("settled"), other.expect("settled")];
    assert_eq!(found.iter().filter(|settled| **settled == Settled::AnotherPerson).count(), 1);
    let lanes = [bench.lane("crm-1", "alpha").await, bench.lane("crm-2", "alpha").await];
    let wrong = State::Blocked(BlockReason::WrongSubject);
    assert_eq!(lanes.iter().filter(|lane| lane.state == wrong && lane.witness.is_none()).count(), 1);
    assert_eq!(lanes.iter().filter(|lane| lane.state == State::Idle && lane.pinned).count(), 1);
}

/// A refused leaf does not keep the others back.
pub async fn a_held_leaf_waits_alone_and_is_tried_again_on_retry(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"bad","nickname":"good","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    bench.settle(&work, rejected(&[Leaf::Title]), 2).await;
    let rest = bench.claim_one("alpha", 3).await;
    assert_eq!(rest.claim.leaves(), [(Leaf::Nickname, 1)]);
    bench.succeed(&rest, 4).await;
    let lane = bench.lane("crm-1", "alpha").await;
    let hold = &lane.held[&Leaf::Title];
    assert_eq!((hold.version, hold.reason, hold.since), (1, HoldReason::Named, 2));
    assert_eq!(lane.state, State::Wait(WaitCause::HoldRetry));
    assert!(bench.claim("alpha", 5).await.work.is_empty());
    assert_eq!(bench.rearm(Rearm::Retry, RearmTarget::Attention(bench.id("alpha")), 6).await, 1);
    let again = bench.claim_one("alpha", 7).await;
    assert_eq!(again.claim.leaves(), [(Leaf::Title, 1)]);
    bench.succeed(&again, 8).await;
    let lane = bench.lane("crm-1", "alpha").await;
    assert!(lane.held.is_empty() && lane.state == State::Idle);
}

/// What a vendor needs with every request is waited for, and named.
pub async fn a_lane_that_needs_data_goes_on_when_they_come(bench: Bench) {
    bench.accept("crm-1", r#"{"nickname":"n","identities":{"needy":7}}"#, 0).await;
    assert!(bench.claim("needy", 1).await.work.is_empty());
    let lane = bench.lane("crm-1", "needy").await;
    assert_eq!(lane.state, State::Blocked(BlockReason::NeedsData));
    assert_eq!(lane.blocked_leaves, [Leaf::FamilyName]);
    bench.accept("crm-1", r#"{"family_name":"Doe"}"#, 2).await;
    let work = bench.claim_one("needy", 3).await;
    assert_eq!(work.claim.leaves(), [(Leaf::FamilyName, 2), (Leaf::Nickname, 1)]);
    bench.succeed(&work, 4).await;
    // The confirmed value goes along with the next request, as it was confirmed.
    bench.accept("crm-1", r#"{"nickname":"m","family_name":null}"#, 5).await;
    let next = bench.claim_one("needy", 6).await;
    assert_eq!(bench.sent(&next).required[&Leaf::FamilyName], "Doe");
}

/// Only what was not a success at the first try is written down.
pub async fn attempts_are_kept_newest_first(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let first = bench.claim_one("alpha", 1).await;
    let mut settlement = bench.settlement(&first, not_applied(WaitCause::Backoff, 5), 2);
    settlement.attempt = Some(attempt(1, "busy"));
    bench.store.settle(settlement).await.expect("settled");
    let second = bench.claim_one("alpha", 6).await;
    let mut settlement = bench.settlement(&second, ok(), 7);
    let mut success = attempt(6, "");
    (success.class, success.status, success.detail) = (None, None, None);
    settlement.attempt = Some(success.clone());
    bench.store.settle(settlement).await.expect("settled");
    let all = bench.store.attempts(first.lane, 10).await.expect("read");
    assert_eq!(all, [success.clone(), attempt(1, "busy")]);
    assert_eq!(bench.store.attempts(first.lane, 1).await.expect("read"), [success]);
}

/// A set that is only added to: what may be at the vendor because of us can be removed later.
pub async fn members_are_written_ahead_and_survive(bench: Bench) {
    bench.accept("crm-1", r#"{"tags":["a","b"],"identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    let set = |members: &[&str]| members.iter().map(|member| (*member).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(bench.lane("crm-1", "alpha").await.members(&Leaf::Tags), set(&["a", "b"]));
    bench.succeed(&work, 2).await;
    bench.accept("crm-1", r#"{"tags":["b","c"]}"#, 3).await;
    let next = bench.claim_one("alpha", 4).await;
    assert_eq!(next.claim.removed[&Leaf::Tags], set(&["a"]));
    assert_eq!(bench.lane("crm-1", "alpha").await.members(&Leaf::Tags), set(&["a", "b", "c"]));
    bench.succeed(&next, 5).await;
    assert_eq!(bench.lane("crm-1", "alpha").await.members(&Leaf::Tags), set(&["b", "c"]));
}

/// What a vendor refused is tried again after a time, without anybody asking for it.
pub async fn a_held_leaf_is_tried_again_by_itself_when_its_time_comes(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"bad","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    bench.settle(&work, rejected(&[Leaf::Title]), 2).await;
    assert!(bench.claim("alpha", 3).await.work.is_empty());
    assert_eq!(bench.lane("crm-1", "alpha").await.state, State::Wait(WaitCause::HoldRetry));
    let due = bench.claim("alpha", 4).await.next_due.expect("a time");
    assert!(bench.claim("alpha", due - 1).await.work.is_empty());
    assert_eq!(bench.claim_one("alpha", due).await.claim.leaves(), [(Leaf::Title, 1)]);
}
