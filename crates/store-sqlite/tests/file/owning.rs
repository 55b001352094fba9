//! Whose file it is.

use super::*;
use delivery::store::Upkeep;

#[tokio::test]
async fn one_file_is_opened_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open_at(&directory).expect("opens");
    let second = open_at(&directory).expect_err("it is in use");
    assert!(matches!(second, OpenError::InUse(_)));
    assert!(second.to_string().contains("another process"), "{second}");
    store.close().await;
    open_at(&directory).expect("it was closed");
}

#[cfg(unix)]
#[tokio::test]
async fn one_file_is_opened_once_whatever_it_is_called() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open_at(&directory).expect("opens");
    let (file, other) = (directory.path().join("gateway.db"), directory.path().join("other.db"));
    std::os::unix::fs::symlink(&file, &other).expect("a link");
    assert!(matches!(SqliteStore::open(options(&other)), Err(OpenError::InUse(_))), "a symbolic link");
    std::fs::remove_file(&other).expect("a link");
    std::fs::hard_link(&file, &other).expect("a link");
    assert!(matches!(SqliteStore::open(options(&other)), Err(OpenError::InUse(_))), "a hard link");
    store.close().await;
}

#[tokio::test]
async fn a_closed_file_has_no_log_beside_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    bench.store.close().await;
    assert!(!directory.path().join("gateway.db-wal").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a/b/gateway.db");
    let store = SqliteStore::open(options(&path)).expect("the directory is made");
    store.check().await.expect("writable");
    for name in ["gateway.db", "gateway.db-wal", "gateway.db.lock"] {
        let metadata = std::fs::metadata(path.with_file_name(name)).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_of_another_program_or_of_a_newer_version_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("gateway.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.execute_batch("CREATE TABLE other(x)").expect("created");
    drop(connection);
    assert_left_alone(&path);
    for (name, bytes) in
        [("short", "not a database"), ("long", &"not a database".repeat(100)), ("zeros", "\0")]
    {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        assert_left_alone(&path);
    }

    let path = directory.path().join("newer.db");
    drop(SqliteStore::open(options(&path)).expect("new"));
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("set");
    drop(connection);
    let newer = SqliteStore::open(options(&path)).expect_err("newer");
    assert!(matches!(newer, OpenError::Newer { found: 99, .. }), "{newer}");
}

#[test]
fn a_first_page_that_the_power_took_is_made_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, torn) in [("zeros.db", [0; 4096]), ("garbage.db", [0x55; 4096])] {
        let path = directory.path().join(name);
        std::fs::write(&path, torn).expect("written");
        let journal = directory.path().join(format!("{name}-journal"));
        std::fs::write(&journal, journal_of(2)).expect("written");
        assert_left_alone(&path);
        std::fs::write(&journal, journal_of(0)).expect("written");
        drop(SqliteStore::open(options(&path)).expect("nothing was in it"));
        assert!(!journal.exists());
    }
}

/// The rollback journal of a database that had so many pages, none of them changed yet.
fn journal_of(pages: u32) -> Vec<u8> {
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    // Records, nonce, pages, bytes of a sector, bytes of a page: https://sqlite.org/fileformat2.html, section 3.
    for number in [0, 7, pages, 512, 4096] {
        journal.extend(u32::to_be_bytes(number));
    }
    journal.resize(512, 0);
    journal
}

/// Fails unless the file is refused, and stays as it is.
#[track_caller]
fn assert_left_alone(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let before = std::fs::read(path).expect("there");
    let refused = SqliteStore::open(options(path)).expect_err("foreign");
    assert!(matches!(refused, OpenError::Foreign(_)), "{refused}");
    assert_eq!(std::fs::metadata(path).expect("there").permissions().mode() & 0o777, 0o644);
    assert!(std::fs::read(path).expect("there") == before, "{} was written to", path.display());
    assert!(!path.with_extension("db-wal").exists());
}
