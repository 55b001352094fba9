//! A subject belongs to one user of a route.

use delivery::{
    lane::{BlockReason, State},
    store::AcceptError,
};

use super::bench::{Bench, user};

/// A lane exists from the moment the route has a subject, and then owes everything.
pub async fn a_new_identity_owes_the_whole_profile(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","nickname":"b"}"#, 0).await;
    assert!(bench.user("crm-1").await.lanes.is_empty());
    bench.accept("crm-1", r#"{"identities":{"alpha":"0089"}}"#, 1).await;
    let work = bench.claim_one("alpha", 2).await;
    assert_eq!(work.claim.subject, "89");
    let leaves: Vec<_> = work.claim.leaves().iter().map(|(leaf, _)| leaf.name().to_owned()).collect();
    assert_eq!(leaves, ["nickname", "title"]);
}

/// Two users cannot claim to be one person.
pub async fn an_identity_of_another_user_is_refused(bench: Bench) {
    bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 0).await;
    let taken = bench.command("crm-2", r#"{"title":"a","identities":{"alpha":"07"}}"#, 0);
    assert_eq!(bench.refused(taken).await, AcceptError::IdentityTaken { route: "alpha".to_owned() });
    assert_eq!(bench.store.user(&user("crm-2")).await, Ok(None));
    // At another route the same id names somebody else.
    bench.accept("crm-2", r#"{"identities":{"beta":7}}"#, 0).await;
    let mut free = bench.command("crm-1", r#"{"identities":{"alpha":null}}"#, 1);
    free.may_operate = true;
    bench.store.accept(free).await.expect("removed");
    bench.accept("crm-2", r#"{"identities":{"alpha":7}}"#, 2).await;
}

/// Another subject for a known user is an operator's act.
pub async fn a_set_identity_is_pinned_unless_the_caller_operates(bench: Bench) {
    bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 0).await;
    assert!(!bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 1).await.update.effective);
    let pinned = AcceptError::IdentityPinned { route: "alpha".to_owned() };
    for json in [r#"{"identities":{"alpha":8}}"#, r#"{"identities":{"alpha":null}}"#] {
        assert_eq!(bench.refused(bench.command("crm-1", json, 2)).await, pinned);
        let mut operated = bench.command("crm-1", json, 3);
        operated.may_operate = true;
        bench.store.accept(operated).await.expect("changed");
    }
    assert_eq!(bench.lane("crm-1", "alpha").await.subject, None);
    let audit = bench.audit(9).await;
    let kinds: Vec<_> = audit.iter().map(|entry| (entry.kind.as_str(), entry.detail.as_str())).collect();
    let said =
        ["user crm-1 removed", "user crm-1 changed", "user crm-1 set"].map(|detail| ("identity", detail));
    assert_eq!(kinds, said);
}

/// An answer about the old person says nothing about the new one.
pub async fn a_changed_identity_fences_the_attempt_under_the_old_one(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let old = bench.claim_one("alpha", 1).await;
    let mut change = bench.command("crm-1", r#"{"identities":{"alpha":8}}"#, 2);
    change.may_operate = true;
    bench.store.accept(change).await.expect("changed");
    let before = bench.lane("crm-1", "alpha").await;
    bench.succeed(&old, 3).await;
    assert_eq!(bench.lane("crm-1", "alpha").await, before);
    let new = bench.claim_one("alpha", 4).await;
    assert_eq!((new.claim.subject.as_str(), new.claim.payload.len()), ("8", 1));
}

/// G22: of two users with one address the second is not sent, whatever the spelling.
pub async fn two_users_with_one_address_are_never_both_sent(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","email":"Jane@x.org"}"#, 0).await;
    bench.accept("crm-2", r#"{"title":"b","email":"jane@X.org"}"#, 1).await;
    let work = bench.claim_one("mail", 2).await;
    assert_eq!((work.user.as_str(), work.claim.subject.as_str()), ("crm-1", "Jane@x.org"));
    assert_eq!(bench.lane("crm-2", "mail").await.state, State::Blocked(BlockReason::SubjectTaken));
    let audit = bench.audit(1).await;
    assert_eq!(audit[0].kind, "block");
    // Another address is another person.
    bench.accept("crm-2", r#"{"email":"joe@x.org"}"#, 3).await;
    assert_eq!(bench.claim_one("mail", 4).await.claim.subject, "joe@x.org");
}
