//! What happens when the disk, or one operation of a batch, fails.

mod batches;

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use canonical::UserId;
use delivery::store::{AcceptError, Audit, LaneRow, Observer, Reads, Store, StoreError, Upkeep};
use tempfile::TempDir;
use testkit::store_suite::{
    Bench, Opened, Recorder,
    bench::{key, user},
};

use crate::{Options, SqliteStore};

/// Failures to inject into the next commit.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    io: AtomicBool,
    full: AtomicBool,
}

impl Faults {
    pub(crate) fn before_commit(&self) -> rusqlite::Result<()> {
        let fail = |code| Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        if self.io.swap(false, Ordering::SeqCst) {
            return fail(rusqlite::ffi::SQLITE_IOERR);
        }
        if self.full.swap(false, Ordering::SeqCst) {
            return fail(rusqlite::ffi::SQLITE_FULL);
        }
        Ok(())
    }
}

struct Broken {
    bench: Bench,
    store: Arc<SqliteStore>,
    faults: Arc<Faults>,
    directory: TempDir,
}

async fn bench() -> Broken {
    let directory = tempfile::tempdir().expect("a directory");
    let recorder = Arc::new(Recorder::default());
    let options =
        Options::new(directory.path().join("gateway.db"), Arc::clone(&recorder) as Arc<dyn Observer>);
    let faults = Arc::clone(&options.faults);
    let store = Arc::new(SqliteStore::open(options).expect("opens"));
    let opened = Opened { store: Arc::clone(&store) as Arc<dyn Store>, keep: Box::new(()) };
    Broken { bench: Bench::on(opened, recorder).await, store, faults, directory }
}

#[tokio::test]
async fn a_failed_commit_is_told_as_unknown_and_ends_the_store() {
    let Broken { bench, store, faults, directory: _directory } = bench().await;
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    faults.io.store(true, Ordering::SeqCst);
    let refused = bench.refused(bench.command("crm-1", r#"{"title":"b"}"#, 1)).await;
    assert!(matches!(refused, AcceptError::Store(StoreError::OutcomeUnknown(_))), "{refused}");
    let reason = tokio::time::timeout(Duration::from_secs(5), store.failed()).await.expect("it is told");
    assert!(reason.contains("SystemIoFailure"), "{reason}");
    assert!(matches!(store.check().await, Err(StoreError::OutcomeUnknown(_))));
    assert!(matches!(store.user(&user("crm-1")).await, Err(StoreError::OutcomeUnknown(_))));
}

#[tokio::test]
async fn a_full_disk_is_told_as_such_and_the_store_goes_on() {
    let Broken { bench, faults, directory: _directory, .. } = bench().await;
    let mut command = bench.command("crm-1", r#"{"title":"a"}"#, 0);
    command.idempotency = Some(key("k", "r"));
    faults.full.store(true, Ordering::SeqCst);
    let refused = bench.refused(command.clone()).await;
    assert_eq!(refused, AcceptError::Store(StoreError::Full));
    assert_eq!(bench.store.user(&user("crm-1")).await, Ok(None));
    let accepted = bench.store.accept(command).await.expect("room again");
    assert_eq!((accepted.replayed, accepted.update.version), (false, 1));
}

#[tokio::test]
async fn one_operation_that_cannot_be_written_does_not_disturb_its_batch() {
    let Broken { bench, directory, .. } = bench().await;
    let connection = rusqlite::Connection::open(directory.path().join("gateway.db")).expect("opens");
    connection
        .execute_batch(
            "CREATE TRIGGER bad AFTER INSERT ON updates WHEN new.user_id = 'crm-5' BEGIN \
             SELECT raise(ABORT, 'bad'); END",
        )
        .expect("created");
    let bench = Arc::new(bench);
    let accepts: Vec<_> = (0..20)
        .map(|number| {
            let bench = Arc::clone(&bench);
            let command = bench.command(&format!("crm-{number}"), r#"{"title":"a","email":"a@x.org"}"#, 0);
            tokio::spawn(async move { bench.store.accept(command).await })
        })
        .collect();
    for (number, accept) in accepts.into_iter().enumerate() {
        let result = accept.await.expect("ends");
        let is_bad = matches!(result, Err(AcceptError::Store(StoreError::Damaged(_))));
        assert_eq!((is_bad, result.is_ok()), (number == 5, number != 5), "{number}: {result:?}");
    }
    assert_eq!(bench.store.user(&user("crm-5")).await, Ok(None));
    assert_eq!(bench.user("crm-6").await.lanes.len(), 1);
}

#[tokio::test]
async fn an_operation_that_is_undone_half_way_leaves_no_gap_in_the_audit() {
    let Broken { bench, store, directory, .. } = bench().await;
    let path = directory.path().join("gateway.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection
        .execute_batch(
            "CREATE TRIGGER bad AFTER INSERT ON audit WHEN new.route_id = 2 AND new.detail = 'user crm-5 set' BEGIN \
             SELECT raise(ABORT, 'bad'); END",
        )
        .expect("created");
    let bench = Arc::new(bench);
    let accepts: Vec<_> = (0..20)
        .map(|number| {
            let (bench, id) = (Arc::clone(&bench), number + 1);
            let json = format!(r#"{{"title":"a","identities":{{"alpha":{id},"beta":{id}}}}}"#);
            let command = bench.command(&format!("crm-{number}"), &json, 0);
            tokio::spawn(async move { bench.store.accept(command).await.is_ok() })
        })
        .collect();
    for (number, accept) in accepts.into_iter().enumerate() {
        assert_eq!(accept.await.expect("ends"), number != 5, "{number}");
    }
    let head = store.audit_head().await.expect("known");
    let report = crate::verify_audit(&path, Some(head)).expect("readable");
    assert_eq!((report.fault, report.head.seq), (None, 38));
}

/// Keeps the writer busy until it is let go.
#[derive(Debug, Default)]
struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn close(&self) {
        *self.closed.lock().expect("not poisoned") = true;
    }

    fn open(&self) {
        *self.closed.lock().expect("not poisoned") = false;
        self.opened.notify_all();
    }
}

impl Observer for Gate {
    fn committed(&self, _: &[(UserId, LaneRow)]) {
        let closed = self.closed.lock().expect("not poisoned");
        drop(self.opened.wait_while(closed, |closed| *closed).expect("not poisoned"));
    }
}

#[tokio::test]
async fn accepts_are_refused_at_once_when_the_queue_is_full_and_settles_wait() {
    let directory = tempfile::tempdir().expect("a directory");
    let gate = Arc::new(Gate::default());
    let mut options =
        Options::new(directory.path().join("gateway.db"), Arc::clone(&gate) as Arc<dyn Observer>);
    options.queue = 2;
    let store = Arc::new(SqliteStore::open(options).expect("opens"));
    let opened = Opened { store: Arc::clone(&store) as Arc<dyn Store>, keep: Box::new(()) };
    let bench = Bench::on(opened, Arc::default()).await;
    gate.close();
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":1}}"#, 0).await;
    // The writer now waits at the gate. Two checks fill the queue, a third waits for room.
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let store = Arc::clone(&store);
        waiting.push(tokio::spawn(async move { store.check().await }));
        tokio::task::yield_now().await;
    }
    let refused = bench.refused(bench.command("crm-1", r#"{"title":"b"}"#, 1)).await;
    assert_eq!(refused, AcceptError::Store(StoreError::Overloaded));
    gate.open();
    for check in waiting {
        assert_eq!(check.await.expect("ends"), Ok(()));
    }
    bench.accept("crm-1", r#"{"title":"b"}"#, 1).await;
}
