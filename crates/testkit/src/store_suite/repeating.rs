//! A request with a key is taken once however often it is sent.

use std::sync::Arc;

use delivery::store::{AcceptError, Actor};

use super::bench::{Bench, key, user};

/// G3: the answer to a repeated request is the first answer.
pub async fn a_request_sent_again_is_answered_as_the_first_time(bench: Bench) {
    let command = |json| {
        let mut command = bench.command("crm-1", json, 0);
        command.idempotency = Some(key("k", json));
        command
    };
    let first = bench.store.accept(command(r#"{"title":"a"}"#)).await.expect("accepted");
    bench.accept("crm-1", r#"{"title":"b"}"#, 1).await;
    let again = bench.store.accept(command(r#"{"title":"a"}"#)).await.expect("replayed");
    assert!(!first.replayed && again.replayed);
    assert_eq!(again.update, first.update);
    assert_eq!(again.user.version, 2);
    assert_eq!(bench.store.updates_of(&user("crm-1"), None, 10).await.expect("read").len(), 2);
}

/// The same key cannot name two requests.
pub async fn a_key_used_for_another_request_is_refused(bench: Bench) {
    let mut command = bench.command("crm-1", r#"{"title":"a"}"#, 0);
    command.idempotency = Some(key("k", "first"));
    bench.store.accept(command).await.expect("accepted");
    let mut other = bench.command("crm-1", r#"{"title":"b"}"#, 1);
    other.idempotency = Some(key("k", "second"));
    assert_eq!(bench.refused(other).await, AcceptError::IdempotencyMismatch);
    assert_eq!(bench.user("crm-1").await.user.version, 1);
}

/// Two callers who choose the same key do not meet, not even when they ask for the same. Both are known before: of a caller who
/// was never seen a store need not look for a key at all.
pub async fn a_key_belongs_to_its_caller(bench: Bench) {
    let of = |caller: &str, json, name: Option<&str>| {
        let mut command = bench.command("crm-1", json, 0);
        command.idempotency = name.map(|name| key(name, json));
        command.caller = Actor(caller.to_owned());
        command
    };
    for caller in ["crm", "hr"] {
        bench.store.accept(of(caller, r#"{"nickname":"known"}"#, None)).await.expect("accepted");
    }
    let mut updates = Vec::new();
    for caller in ["crm", "hr"] {
        let accepted = bench.store.accept(of(caller, r#"{"title":"a"}"#, Some("k"))).await.expect("accepted");
        assert!(!accepted.replayed, "{caller}");
        updates.push(accepted.update.id);
    }
    for (caller, update) in ["crm", "hr"].into_iter().zip(updates) {
        let again = bench.store.accept(of(caller, r#"{"title":"a"}"#, Some("k"))).await.expect("replayed");
        assert_eq!((again.replayed, again.update.id), (true, update), "{caller}");
    }
    let other = of("hr", r#"{"title":"b"}"#, Some("l"));
    bench.store.accept(of("crm", r#"{"title":"a"}"#, Some("l"))).await.expect("accepted");
    assert!(!bench.store.accept(other).await.expect("nobody has used it for another request").replayed);
}

/// A key that has expired may name another request.
pub async fn an_expired_key_is_as_new(bench: Bench) {
    let mut command = bench.command("crm-1", r#"{"title":"a"}"#, 0);
    command.idempotency = Some(key("k", "first"));
    let expires_at = 86_400_000;
    bench.store.accept(command).await.expect("accepted");
    let mut other = bench.command("crm-1", r#"{"title":"b"}"#, expires_at);
    other.idempotency = Some(key("k", "second"));
    other.idempotency.as_mut().expect("set").expires_at = 2 * expires_at;
    let accepted = bench.store.accept(other.clone()).await.expect("accepted");
    assert_eq!((accepted.replayed, accepted.update.version), (false, 2));
    assert!(bench.store.accept(other).await.expect("replayed").replayed);
}

/// R11: twins that arrive together are one update.
pub async fn concurrent_twins_are_taken_once(bench: Bench) {
    let bench = Arc::new(bench);
    let twins: Vec<_> = (0..24)
        .map(|_| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                let mut command = bench.command("crm-1", r#"{"title":"a"}"#, 0);
                command.idempotency = Some(key("k", "twin"));
                bench.store.accept(command).await.expect("accepted or replayed")
            })
        })
        .collect();
    let mut firsts = 0;
    let mut ids = Vec::new();
    for twin in twins {
        let accepted = twin.await.expect("ends");
        firsts += usize::from(!accepted.replayed);
        ids.push(accepted.update.id);
    }
    ids.dedup();
    assert_eq!((firsts, ids.len()), (1, 1));
    assert_eq!(bench.user("crm-1").await.user.version, 1);
}

/// A request that stored nothing did not use up its key either.
pub async fn a_refused_request_leaves_its_key_free(bench: Bench) {
    let mut refused = bench.command("crm-1", r#"{"title":"a"}"#, 0);
    (refused.may_create, refused.idempotency) = (false, Some(key("k", "r")));
    let mut allowed = refused.clone();
    allowed.may_create = true;
    assert_eq!(bench.refused(refused).await, AcceptError::UserNotFound);
    assert!(!bench.store.accept(allowed).await.expect("accepted").replayed);
}
