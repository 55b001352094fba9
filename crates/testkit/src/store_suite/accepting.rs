//! Updates are taken whole or not at all, and versions count them.

use std::sync::Arc;

use canonical::Leaf;
use delivery::store::{AcceptError, Precondition, Verdict};

use super::bench::{Bench, user};

/// G4: whoever writes at the same time, versions are 1, 2, 3 … without a gap.
pub async fn versions_are_dense_with_sixteen_writers(bench: Bench) {
    let bench = Arc::new(bench);
    let writers: Vec<_> = (0..16)
        .map(|writer| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                let mut versions = Vec::new();
                for round in 0..10 {
                    let json = format!(r#"{{"title":"{writer}-{round}"}}"#);
                    versions.push(bench.accept("crm-1", &json, 0).await.update.version);
                }
                versions
            })
        })
        .collect();
    let mut versions = Vec::new();
    for writer in writers {
        versions.extend(writer.await.expect("the writer ends"));
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=160).collect::<Vec<_>>());
}

/// A lost race is told, and nothing is stored.
pub async fn a_precondition_that_does_not_hold_stores_nothing(bench: Bench) {
    let with = |precondition, json: &str| {
        let mut command = bench.command("crm-1", json, 0);
        command.precondition = precondition;
        command
    };
    let absent = AcceptError::VersionMismatch { current: None };
    assert_eq!(bench.refused(with(Precondition::Exists, r#"{"title":"a"}"#)).await, absent);
    assert_eq!(bench.refused(with(Precondition::Version(1), r#"{"title":"a"}"#)).await, absent);
    bench.store.accept(with(Precondition::Absent, r#"{"title":"a"}"#)).await.expect("it is absent");
    bench.store.accept(with(Precondition::Version(1), r#"{"title":"b"}"#)).await.expect("it has version 1");
    let stale = AcceptError::VersionMismatch { current: Some(2) };
    assert_eq!(bench.refused(with(Precondition::Version(1), r#"{"title":"c"}"#)).await, stale);
    assert_eq!(bench.refused(with(Precondition::Absent, r#"{"title":"c"}"#)).await, stale);
    assert_eq!(bench.user("crm-1").await.user.version, 2);
}

/// Setting what is set already is an update without a version.
pub async fn the_same_values_again_make_no_version(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    let again = bench.accept("crm-1", r#"{"title":"a"}"#, 1).await;
    assert_eq!((again.update.version, again.update.effective), (1, false));
    assert_eq!(again.update.unchanged, [Leaf::Title]);
    assert_eq!(bench.user("crm-1").await.user.version, 1);
}

/// A caller that may only update does not create by a typing error.
pub async fn a_new_user_needs_the_right_to_create_it(bench: Bench) {
    let mut command = bench.command("crm-1", r#"{"title":"a"}"#, 0);
    command.may_create = false;
    assert_eq!(bench.refused(command).await, AcceptError::UserNotFound);
    assert_eq!(bench.store.user(&user("crm-1")).await, Ok(None));
}

/// One mistake in an update keeps all of it out.
pub async fn a_refused_update_stores_nothing(bench: Bench) {
    let unknown = bench.command("crm-1", r#"{"title":"a","identities":{"alpha":"1","gamma":"2"}}"#, 0);
    assert_eq!(bench.refused(unknown).await, AcceptError::UnknownRoute { name: "gamma".to_owned() });
    let invalid = bench.command("crm-1", r#"{"title":"a","identities":{"alpha":"x"}}"#, 0);
    assert!(matches!(bench.refused(invalid).await, AcceptError::Invalid(_)));
    assert_eq!(bench.store.user(&user("crm-1")).await, Ok(None));
    assert_eq!(bench.store.updates_of(&user("crm-1"), None, 10).await, Ok(vec![]));
    // The identity is still free.
    bench.accept("crm-2", r#"{"identities":{"alpha":"1"}}"#, 0).await;
}

/// An empty patch of a new id creates the user; an answer that says so must be true.
pub async fn a_user_without_fields_is_stored(bench: Bench) {
    let created = bench.accept("crm-1", "{}", 5).await;
    assert_eq!((created.update.created, created.update.version), (true, 1));
    assert_eq!(bench.user("crm-1").await.user, created.user);
    assert!(!bench.accept("crm-1", "{}", 6).await.update.created);
}

/// User, lanes and update are what the accept said they were.
pub async fn what_was_accepted_is_read_back(bench: Bench) {
    let json = r#"{"title":"Dr","website":"https://x.test","tags":["a"],"phone_number":"+49 30 1234",
        "address":{"country":"DE"},"custom":{"tier":3},"nickname":null,"identities":{"alpha":7,"needy":8}}"#;
    let accepted = bench.accept("crm-1", json, 42).await;
    let stored = bench.user("crm-1").await;
    assert_eq!((stored.user, stored.lanes), (accepted.user, accepted.lanes));
    let update = bench.store.update(accepted.update.id).await.expect("read").expect("known");
    assert_eq!(update, accepted.update);
    assert_eq!(
        (update.created, update.effective, update.at, update.caller.as_str()),
        (true, true, 42, "crm")
    );
    let verdict = |route: &str| update.verdicts[&bench.id(route)].verdict;
    assert_eq!(verdict("alpha"), Verdict::Owed);
    assert_eq!(verdict("beta"), Verdict::NoIdentity);
}
