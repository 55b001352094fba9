//! A user who is erased is forgotten, and stays erased.

use delivery::{
    lane::State,
    store::{AcceptError, Precondition, StoreError},
};

use super::bench::{Bench, WINDOW, attempt, not_applied};

/// G23: what was under way changes nothing any more, and a new life of the id begins where the old one ended.
pub async fn an_erased_user_is_fenced_and_its_versions_go_on(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let late = bench.claim_one("alpha", 1).await;
    let erased = bench.erase("crm-1", 100).await.expect("known");
    assert_eq!((erased.version, erased.at), (2, 100));
    let before = bench.row("crm-1", "alpha").await;
    assert_eq!((before.lane.state, before.lane.subject.clone()), (State::Erased, None));
    bench.succeed(&late, 200).await;
    assert_eq!(bench.row("crm-1", "alpha").await, before);
    assert!(bench.user("crm-1").await.user.profile.iter().next().is_none());
    let patch = bench.command("crm-1", r#"{"title":"b"}"#, 300);
    assert_eq!(bench.refused(patch).await, AcceptError::UserErased { at: 100 });
    assert!(bench.claim("alpha", 300).await.work.is_empty());
    // The subject is free for another user.
    bench.accept("crm-2", r#"{"identities":{"alpha":7}}"#, 301).await;

    let mut revival = bench.command("crm-1", r#"{"title":"c","identities":{"alpha":8}}"#, 400);
    revival.precondition = Precondition::Absent;
    let revived = bench.store.accept(revival).await.expect("a new life");
    assert_eq!((revived.user.version, revived.user.incarnation), (3, 2));
    assert!(revived.update.created);
    let lane = bench.row("crm-1", "alpha").await;
    assert_eq!(lane.id, before.id);
    assert!(lane.lane.epoch > before.lane.epoch);
    // The request of the life before may still arrive; how long ago it was lost is not known.
    assert_eq!(lane.lane.suspect_until, Some(400 + WINDOW));
    let work = bench.claim_one("alpha", 500).await;
    assert_eq!((work.claim.subject.as_str(), work.claim.sent), ("8", 3));
}

/// The answer to an erase tells where copies may be, however often it is asked for.
pub async fn an_erase_says_who_may_hold_a_copy_and_repeating_it_changes_nothing(bench: Bench) {
    assert_eq!(bench.erase("crm-1", 0).await, None);
    bench.accept("crm-1", r#"{"title":"a","email":"a@x.org","identities":{"alpha":7,"beta":7}}"#, 0).await;
    bench.claim_one("alpha", 1).await;
    let mail = bench.claim_one("mail", 1).await;
    bench.succeed(&mail, 2).await;
    let erased = bench.erase("crm-1", 10).await.expect("known");
    let mut routes = erased.disclosed_to.clone();
    routes.sort_unstable();
    assert_eq!(routes, [bench.id("alpha"), bench.id("mail")]);
    let alpha = bench.lane("crm-1", "alpha").await;
    assert_eq!(alpha.suspect_until, Some(10 + WINDOW));
    let again = bench.erase("crm-1", 20).await.expect("known");
    assert_eq!((again.version, again.at), (erased.version, 10));
    assert_eq!(bench.lane("crm-1", "alpha").await, alpha);
    let audit = bench.audit(10).await;
    assert_eq!(audit.iter().filter(|entry| entry.kind == "erase").count(), 1);
}

/// A vendor may have repeated what it was sent.
pub async fn a_vendors_words_about_an_erased_user_are_forgotten(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    let mut settlement = bench.settlement(&work, not_applied(delivery::lane::WaitCause::Backoff, 5), 2);
    settlement.attempt = Some(attempt(1, "words"));
    bench.store.settle(settlement).await.expect("settled");
    let late = bench.claim_one("alpha", 6).await;
    bench.erase("crm-1", 7).await.expect("known");
    let mut settlement = bench.settlement(&late, not_applied(delivery::lane::WaitCause::Backoff, 9), 8);
    settlement.attempt = Some(attempt(6, "late words"));
    bench.store.settle(settlement).await.expect("ignored");
    let attempts = bench.store.attempts(work.lane, 10).await.expect("read");
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].detail, None);
}

/// An erase that is for another version of the user changes nothing; one that is asked for again needs no version.
pub async fn an_erase_keeps_to_its_precondition(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    bench.accept("crm-1", r#"{"title":"b"}"#, 1).await;
    for precondition in [
        Precondition::Version(1),
        Precondition::AnyOf(vec![1, 3]),
        Precondition::NoneOf(vec![2]),
        Precondition::OtherThan(vec![2]),
        Precondition::Absent,
    ] {
        let refused = bench.erase_if("crm-1", precondition, 2).await;
        assert_eq!(refused, Err(StoreError::VersionMismatch { current: 2 }));
    }
    assert_eq!(bench.user("crm-1").await.user.version, 2);
    assert_eq!(bench.erase_if("crm-2", Precondition::Version(1), 2).await, Ok(None));
    let erased = bench.erase_if("crm-1", Precondition::AnyOf(vec![1, 2]), 3).await.expect("it has version 2");
    assert_eq!(erased.as_ref().map(|erased| erased.version), Some(3));
    assert_eq!(bench.erase_if("crm-1", Precondition::Version(2), 4).await, Ok(erased));
}
