//! What happens when the files are taken from under the store, or were not whole when it was opened.

use std::{io, path::PathBuf};

use delivery::store::{AcceptError, Upkeep};

use super::*;

/// Does something to the files of a store that is open: nothing that was written afterwards may be called a success, and the
/// store says what has happened and saves what it has.
async fn lose(what: &str, act: impl FnOnce(PathBuf) -> io::Result<()>) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("gateway.db");
    let store = Arc::new(open_at(&directory).expect("opens"));
    let opened = Opened { store: Arc::clone(&store) as Arc<dyn Store>, keep: Box::new(()) };
    let bench = Bench::on(opened, Arc::default()).await;
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    act(path.clone()).expect(what);
    let refused = bench.refused(bench.command("crm-2", r#"{"title":"b"}"#, 1)).await;
    assert!(matches!(refused, AcceptError::Store(StoreError::OutcomeUnknown(_))), "{what}: {refused}");
    let reason = store.failed().await;
    assert!(reason.contains("gateway.db") && reason.contains("while the process had it open"), "{reason}");
    assert!(store.check().await.is_err(), "{what}: the store goes on");
    let saved = path.with_file_name("gateway.db.saved");
    assert!(reason.contains(&saved.display().to_string()), "{reason}");
    drop((bench, store));
    let saved = rusqlite::Connection::open(saved).expect("opens");
    let users: i64 = saved.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).expect("read");
    assert_eq!(users, 2, "{what}");
}

fn log_of(path: &Path) -> PathBuf {
    path.with_file_name("gateway.db-wal")
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_lost_while_it_is_open_ends_the_store_before_the_next_success() {
    lose("removed", std::fs::remove_file).await;
    lose("moved", |path| std::fs::rename(&path, path.with_file_name("other"))).await;
    lose("replaced by nothing", |path| std::fs::remove_file(&path).and_then(|()| std::fs::write(path, "")))
        .await;
    lose("replaced by a copy", |path| {
        let copy = path.with_file_name("copy");
        std::fs::copy(&path, &copy)?;
        std::fs::rename(copy, path)
    })
    .await;
    lose("the log removed", |path| std::fs::remove_file(log_of(&path))).await;
    lose("the log replaced", |path| {
        std::fs::remove_file(log_of(&path))?;
        std::fs::write(log_of(&path), "")
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_does_nothing_finds_out_when_it_is_asked_whether_it_works() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open_at(&directory).expect("opens");
    store.check().await.expect("it works");
    std::fs::remove_file(directory.path().join("gateway.db")).expect("removed");
    assert!(matches!(store.check().await, Err(StoreError::OutcomeUnknown(_))));
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    bench.store.close().await;
    drop(bench);
    let path = directory.path().join("gateway.db");
    let whole = std::fs::read(&path).expect("read");
    for length in [200, 1_000, 4_096, 5_000, 3 * 4_096, whole.len() - 4_096] {
        std::fs::write(&path, &whole[..length]).expect("written");
        let said = open_at(&directory).expect_err("it is cut off").to_string();
        assert!(said.contains("restore it from a backup"), "{length}: {said}");
        assert!(!said.contains("journal_mode"), "{length}: {said}");
    }
    std::fs::write(&path, &whole).expect("written");
    open_at(&directory).expect("it is whole");
}
