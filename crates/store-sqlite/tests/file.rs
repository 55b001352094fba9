//! What is true of the file alone: it survives, it belongs to one process, and it forgets.

use std::{path::Path, sync::Arc};

use delivery::store::{Store, StoreError};
use store_sqlite::{OpenError, Options, SqliteStore};
use tempfile::TempDir;
use testkit::store_suite::{
    Bench, Opened, Recorder,
    bench::{attempt, key, not_applied, user},
};

fn options(path: &Path) -> Options {
    Options::new(path, Arc::new(Recorder::default()))
}

fn open_at(directory: &TempDir) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(options(&directory.path().join("gateway.db")))
}

/// Everything that the store has on the disk.
fn bytes(directory: &TempDir) -> Vec<u8> {
    let files = std::fs::read_dir(directory.path()).expect("readable");
    files.flat_map(|file| std::fs::read(file.expect("a file").path()).expect("readable")).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A bench whose store can be closed and opened again.
async fn bench_in(directory: &TempDir) -> Bench {
    let store = Arc::new(open_at(directory).expect("opens"));
    let recorder = Arc::new(Recorder::default());
    Bench::on(Opened { store, keep: Box::new(()) }, recorder).await
}

#[tokio::test]
async fn what_was_accepted_is_there_after_the_file_is_opened_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    let mut command = bench.command("crm-1", r#"{"title":"a","tags":["x"],"identities":{"alpha":7}}"#, 1);
    command.idempotency = Some(key("k", "r"));
    let repeated = command.clone();
    let first = bench.store.accept(command).await.expect("accepted");
    let work = bench.claim_one("alpha", 2).await;
    let mut settlement = bench.settlement(&work, not_applied(delivery::lane::WaitCause::Outage, 9), 3);
    settlement.attempt = Some(attempt(2, "busy"));
    bench.store.settle(settlement).await.expect("settled");
    let before = bench.user("crm-1").await;
    let audit = bench.store.audit_log(10).await.expect("read");
    drop(bench);

    let bench = bench_in(&directory).await;
    assert_eq!(bench.user("crm-1").await, before);
    assert_eq!(bench.store.audit_log(10).await, Ok(audit));
    assert_eq!(bench.store.attempts(work.lane, 9).await.expect("read"), [attempt(2, "busy")]);
    let replayed = bench.store.accept(repeated).await.expect("replayed");
    assert!(replayed.replayed);
    assert_eq!(replayed.update, first.update);
    assert_eq!(bench.claim_one("alpha", 10).await.lane, work.lane);
}

#[tokio::test]
async fn what_a_crash_leaves_holds_every_answered_update() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    // The files as they are at this moment are what a killed process leaves.
    let left = tempfile::tempdir().expect("a directory");
    for name in ["gateway.db", "gateway.db-wal"] {
        std::fs::copy(directory.path().join(name), left.path().join(name)).expect("copied");
    }
    let restarted = bench_in(&left).await;
    assert_eq!(restarted.user("crm-1").await, bench.user("crm-1").await);
    assert_eq!(restarted.store.start(restarted.windows(), 1_000).await, Ok(1));
    assert!(restarted.lane("crm-1", "alpha").await.is_suspect());
    restarted.succeed(&work, 1_001).await;
    assert!(restarted.lane("crm-1", "alpha").await.is_suspect(), "the answer came to another process");
    restarted.erase("crm-1", 1_002).await.expect("known");
    restarted.store.check().await.expect("sound");
}

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
async fn idempotency_keys_and_bodies_are_not_in_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    let mut command = bench.command("crm-1", r#"{"title":"planted-title"}"#, 1);
    command.idempotency = Some(key("planted-key", "planted-request"));
    bench.store.accept(command).await.expect("accepted");
    let bytes = bytes(&directory);
    assert!(contains(&bytes, "planted-title"), "the search finds what is there");
    assert!(!contains(&bytes, "planted-key") && !contains(&bytes, "planted-request"));
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_in_the_file_or_its_log() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    // Long and short values, many neighbours, and every place that a value can get to.
    for number in 1..300 {
        let long = "x".repeat(number * 25);
        let json = format!(
            r#"{{"title":"bystander","website":"{long}","email":"b{number}@x.org","identities":{{"beta":{number}1}}}}"#
        );
        bench.accept(&format!("crm-{number}"), &json, 0).await;
    }
    let long = "planted".repeat(1_100);
    let json = format!(
        r#"{{"title":"planted","website":"{long}","email":"planted@x.org","family_name":"planted","tags":["planted"],
            "nickname":"planted","identities":{{"alpha":"990077","needy":"990077"}}}}"#
    );
    bench.accept("crm-7", &json, 1).await;
    for route in ["alpha", "needy"] {
        let work = bench.claim_one(route, 2).await;
        let mut settlement = bench.settlement(&work, testkit::store_suite::bench::ok(), 3);
        settlement.attempt = Some(attempt(2, "planted words"));
        bench.store.settle(settlement).await.expect("settled");
    }
    for number in 0..40 {
        bench.accept("crm-7", &format!(r#"{{"nickname":"planted-{number}"}}"#), 4).await;
        bench.accept(&format!("crm-{}", number + 10), &format!(r#"{{"nickname":"{number}"}}"#), 4).await;
    }
    assert!(contains(&bytes(&directory), "planted"));
    let erased = bench.erase("crm-7", 5).await.expect("known");
    assert_eq!(erased.disclosed_to.len(), 2);
    let bytes = bytes(&directory);
    assert!(!contains(&bytes, "planted"), "a value is still there");
    assert!(!contains(&bytes, "990077"), "a subject is still there");
    assert!(contains(&bytes, "bystander"));
}

#[tokio::test]
async fn rows_that_moved_between_pages_leave_nothing_of_an_erased_user() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = Arc::new(bench_in(&directory).await);
    let is_planted = |number: u64| number.is_multiple_of(3);
    // Values grow, so that pages overflow and are rebuilt.
    for round in 0..5 {
        let mut updates = Vec::new();
        for number in 1..=600_u64 {
            let mark = if is_planted(number) { "planted" } else { "neighbour" };
            let value = mark.repeat(1 + usize::try_from((number * 7 + round * 13) % 40).expect("small"));
            let json = format!(
                r#"{{"title":"{value}","nickname":"{mark}{round}","email":"{mark}{number}@x.org",
                    "identities":{{"alpha":{number}}}}}"#
            );
            let bench = Arc::clone(&bench);
            let accept = async move { drop(bench.accept(&format!("crm-{number}"), &json, 0).await) };
            updates.push(tokio::spawn(accept));
        }
        for update in updates {
            update.await.expect("accepted");
        }
        let now = i64::try_from(round).expect("small") + 1;
        for route in ["alpha", "mail"] {
            let mut due = bench.due(route, now);
            due.limit = 300;
            for work in bench.store.claim(due).await.expect("claimed").work {
                bench.succeed(&work, now).await;
            }
        }
    }
    for number in (1..=600).filter(|number| is_planted(*number)) {
        bench.erase(&format!("crm-{number}"), 9).await.expect("known");
    }
    let bytes = bytes(&directory);
    assert!(contains(&bytes, "neighbour"));
    assert!(!contains(&bytes, "planted"), "a value is still there");
    let connection = rusqlite::Connection::open(directory.path().join("gateway.db")).expect("opens");
    let sound: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(sound, "ok");
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

#[tokio::test]
async fn a_damaged_lane_is_blocked_and_the_others_go_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 0).await;
    }
    drop(bench);
    let connection = rusqlite::Connection::open(directory.path().join("gateway.db")).expect("opens");
    let damaged = connection.execute("UPDATE lanes SET held = '{' WHERE user_id = 'crm-1'", []);
    assert_eq!(damaged, Ok(1));
    drop(connection);

    let bench = bench_in(&directory).await;
    let work = bench.claim("alpha", 1).await.work;
    let users: Vec<_> = work.iter().map(|work| work.user.as_str()).collect();
    assert_eq!(users, ["crm-2"]);
    let lane = bench.lane("crm-1", "alpha").await;
    assert_eq!(lane.state, delivery::lane::State::Blocked(delivery::lane::BlockReason::Internal));
    // A resync brings it back.
    let id = bench.row("crm-1", "alpha").await.id.expect("stored");
    let target = delivery::store::RearmTarget::Lanes(vec![id]);
    assert_eq!(bench.rearm(delivery::lane::Rearm::Resync, target, 2).await, 1);
    let work = bench.claim_one("alpha", 3).await;
    assert_eq!((work.user.as_str(), work.claim.payload.len()), ("crm-1", 1));
}

#[tokio::test]
async fn a_damaged_profile_blocks_its_lanes_and_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":1}}"#, 0).await;
    drop(bench);
    let connection = rusqlite::Connection::open(directory.path().join("gateway.db")).expect("opens");
    connection.execute("UPDATE users SET doc = x'00'", []).expect("damaged");
    drop(connection);

    let bench = bench_in(&directory).await;
    let claimed = bench.claim("alpha", 1).await;
    assert!(claimed.work.is_empty() && claimed.next_due.is_none());
    assert!(matches!(bench.store.user(&user("crm-1")).await, Err(StoreError::Damaged(_))));
    assert_eq!(bench.store.counts(bench.id("alpha")).await.expect("read").blocked, 1);
}
