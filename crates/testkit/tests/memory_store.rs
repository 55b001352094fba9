//! The store in memory keeps every promise of a store, and fails when it is asked to.

use std::sync::Arc;

use delivery::store::{AcceptError, Lanes, Observer, StoreError, Upkeep};
use testkit::{
    memory_store::{CommitFailure, MemoryStore},
    store_suite::{Bench, Opened, Recorder},
};

fn open(observer: Arc<dyn Observer>) -> Opened {
    Opened { store: Arc::new(MemoryStore::new(observer)), keep: Box::new(()) }
}

testkit::store_suite!(open);

#[tokio::test]
async fn a_full_disk_refuses_one_change_and_a_lost_commit_all_that_follow() {
    let bench = Bench::new(open).await;
    let store = MemoryStore::new(Arc::new(Recorder::default()));
    store.fail_next_commit(CommitFailure::Full);
    let accept = || store.accept(bench.command("crm-1", r#"{"title":"a"}"#, 0));
    assert_eq!(accept().await.expect_err("full"), AcceptError::Store(StoreError::Full));
    store.fail_next_commit(CommitFailure::Done);
    assert!(matches!(accept().await, Err(AcceptError::Store(StoreError::OutcomeUnknown(_)))));
    assert!(matches!(store.check().await, Err(StoreError::OutcomeUnknown(_))));
    store.reopen();
    assert_eq!(accept().await.expect("accepted").update.version, 1, "the first accept was done");
}
