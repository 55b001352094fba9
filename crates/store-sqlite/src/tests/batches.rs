//! What the operations of one batch see of each other.

use std::sync::Arc;

use canonical::Leaf;
use delivery::{
    lane::State,
    store::{Accept, AcceptError, Accepted, Observer, Store, StoreError},
};
use tempfile::TempDir;
use testkit::store_suite::{Bench, Opened, bench::user};
use tokio::task::JoinHandle;

use super::Gate;
use crate::{Options, SqliteStore};

/// A store whose operations can be held back until they make one batch.
struct Batches {
    bench: Bench,
    gate: Arc<Gate>,
    directory: TempDir,
}

impl Batches {
    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let gate = Arc::new(Gate::default());
        let options =
            Options::new(directory.path().join("gateway.db"), Arc::clone(&gate) as Arc<dyn Observer>);
        let store = Arc::new(SqliteStore::open(options).expect("opens"));
        let opened = Opened { store: store as Arc<dyn Store>, keep: Box::new(()) };
        Self { bench: Bench::on(opened, Arc::default()).await, gate, directory }
    }

    /// A lane that owes nothing.
    async fn in_step(&self, id: &str, subject: u64) {
        self.bench.accept(id, &format!(r#"{{"title":"a","identities":{{"alpha":{subject}}}}}"#), 0).await;
        let work = self.bench.claim_one("alpha", 0).await;
        self.bench.succeed(&work, 0).await;
    }

    /// Keeps the writer busy until the gate is opened.
    async fn hold(&self) {
        // What was answered before has been told to the observer, too.
        self.bench.store.check().await.expect("can be written");
        self.gate.close();
        self.bench.accept("hold", r#"{"title":"a","identities":{"beta":1000}}"#, 0).await;
    }
}

/// Queues an operation; what is queued first comes first in the batch.
async fn queue<T: Send + 'static>(operation: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let queued = tokio::spawn(operation);
    tokio::task::yield_now().await;
    queued
}

async fn queue_accept(bench: &Bench, command: Accept) -> JoinHandle<Result<Accepted, AcceptError>> {
    let store = Arc::clone(&bench.store);
    queue(async move { store.accept(command).await }).await
}

#[tokio::test]
async fn a_claim_sees_the_lanes_that_its_batch_has_made_ready() {
    let batches = Batches::new().await;
    batches.in_step("crm-1", 1).await;
    batches.hold().await;
    let bench = &batches.bench;
    let accept = queue_accept(bench, bench.command("crm-1", r#"{"title":"b"}"#, 1)).await;
    let (store, due) = (Arc::clone(&bench.store), bench.due("alpha", 1));
    let claim = queue(async move { store.claim(due).await }).await;
    batches.gate.open();
    assert!(accept.await.expect("ends").is_ok());
    let claimed = claim.await.expect("ends").expect("claimed");
    let [work] = claimed.work.as_slice() else { panic!("one lane is due: {claimed:?}") };
    assert_eq!(work.claim.leaves(), [(Leaf::Title, 2)]);
    assert_eq!(claimed.next_due, None);
    assert_eq!(bench.lane("crm-1", "alpha").await.state, State::InFlight);
}

#[tokio::test]
async fn a_subject_that_was_taken_in_the_same_batch_is_taken() {
    let batches = Batches::new().await;
    batches.in_step("crm-1", 1).await;
    batches.in_step("crm-2", 2).await;
    batches.hold().await;
    let bench = &batches.bench;
    let moved = |id| Accept { may_operate: true, ..bench.command(id, r#"{"identities":{"alpha":3}}"#, 1) };
    let first = queue_accept(bench, moved("crm-1")).await;
    let second = queue_accept(bench, moved("crm-2")).await;
    batches.gate.open();
    assert!(first.await.expect("ends").is_ok());
    let second = second.await.expect("ends");
    assert!(matches!(second, Err(AcceptError::IdentityTaken { .. })), "{second:?}");
    assert_eq!(bench.lane("crm-2", "alpha").await.subject.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_lane_that_cannot_be_written_does_not_disturb_its_batch() {
    let batches = Batches::new().await;
    for subject in 1..=3 {
        batches.in_step(&format!("crm-{subject}"), subject).await;
    }
    let connection = rusqlite::Connection::open(batches.directory.path().join("gateway.db")).expect("opens");
    connection
        .execute_batch(
            "CREATE TRIGGER bad BEFORE UPDATE ON lanes WHEN new.user_id = 'crm-2' BEGIN \
             SELECT raise(ABORT, 'bad'); END",
        )
        .expect("created");
    batches.hold().await;
    let bench = &batches.bench;
    let mut accepts = Vec::new();
    for subject in 1..=3 {
        let command = bench.command(&format!("crm-{subject}"), r#"{"title":"b"}"#, 1);
        accepts.push(queue_accept(bench, command).await);
    }
    batches.gate.open();
    for (number, accept) in (1..).zip(accepts) {
        let result = accept.await.expect("ends");
        let is_bad = matches!(result, Err(AcceptError::Store(StoreError::Damaged(_))));
        assert_eq!((is_bad, result.is_ok()), (number == 2, number != 2), "{number}: {result:?}");
    }
    let stored = bench.store.user(&user("crm-2")).await.expect("read").expect("known");
    assert_eq!(stored.user.version, 1);
    assert_eq!(bench.lane("crm-3", "alpha").await.state, State::Ready);
}
