use store_sqlite::{BackupError, backup};

use super::*;

#[tokio::test]
async fn a_copy_never_takes_the_place_of_a_file() {
    let directory = TempDir::new().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    bench.store.close().await;
    let (from, to) = (directory.path().join("gateway.db"), directory.path().join("copy.db"));
    backup(&from, &to).expect("copied");
    assert_eq!(&std::fs::read(&to).expect("the copy")[..15], b"SQLite format 3");
    for content in [&b"the copy of last week"[..], b""] {
        std::fs::write(&to, content).expect("written");
        assert!(matches!(backup(&from, &to), Err(BackupError::Target { .. })));
        assert_eq!(std::fs::read(&to).expect("still there"), content);
    }
    assert!(matches!(backup(&from, &from), Err(BackupError::Target { .. })));
}

#[tokio::test]
async fn of_a_copy_that_failed_nothing_is_left() {
    let directory = TempDir::new().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    bench.store.close().await;
    drop(bench);
    let (from, to) = (directory.path().join("gateway.db"), directory.path().join("copy.db"));
    let mut bytes = std::fs::read(&from).expect("the database");
    // The first page says what the file is; all others are lost.
    bytes[4_096..].fill(0xff);
    std::fs::write(&from, bytes).expect("written");
    let failed = backup(&from, &to).expect_err("a damaged database");
    assert!(matches!(failed, BackupError::Sqlite(_) | BackupError::Damaged(_)), "{failed}");
    assert!(!to.exists());
}
