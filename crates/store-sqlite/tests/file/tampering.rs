//! Whoever changes the audit in the file is found out.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use delivery::audit::{AuditHead, AuditKind, AuditRow, ChainFault};
use rusqlite::Connection;
use store_sqlite::{OpenError, verify_audit};

use super::*;

/// A file that was closed, with eight entries.
async fn written(directory: &TempDir) -> (PathBuf, AuditHead) {
    let bench = bench_in(directory).await;
    for number in 1..=4 {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number},"beta":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, number).await;
    }
    let head = bench.store.audit_head().await.expect("known");
    bench.store.close().await;
    (directory.path().join("gateway.db"), head)
}

fn tamper(path: &Path, sql: &str) {
    Connection::open(path).expect("opens").execute_batch(sql).expect("changed");
}

async fn one_more(bench: &Bench) {
    let (who, detail) = ("ops".to_owned(), String::new());
    let row = AuditRow { at: 9, who, kind: AuditKind::Reload, route: None, detail };
    bench.store.audit(row).await.expect("written");
}

fn fault(path: &Path, known: Option<AuditHead>) -> Option<ChainFault> {
    verify_audit(path, known).expect("readable").fault
}

#[tokio::test]
async fn every_change_of_the_audit_in_the_file_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, head) = written(&directory).await;
    assert_eq!(verify_audit(&path, Some(head)).expect("readable").head, head);
    assert_eq!(fault(&path, Some(head)), None);
    let original = std::fs::read(&path).expect("read");
    for (sql, found) in [
        ("UPDATE audit SET who = 'nobody' WHERE seq = 3", ChainFault::Changed { seq: 3 }),
        ("UPDATE audit SET route_id = NULL WHERE seq = 8", ChainFault::Changed { seq: 8 }),
        ("UPDATE audit SET hash = x'' WHERE seq = 5", ChainFault::Changed { seq: 5 }),
        ("DELETE FROM audit WHERE seq = 1", ChainFault::Missing { from: 1, to: 1 }),
        ("DELETE FROM audit WHERE seq IN (4, 5)", ChainFault::Missing { from: 4, to: 5 }),
        ("DELETE FROM audit WHERE seq > 6", ChainFault::CutOff { ends: 6, known: 8 }),
        (
            "INSERT INTO audit SELECT -1, at, who, kind, route_id, detail, hash FROM audit WHERE seq = 1",
            ChainFault::Inserted { seq: -1 },
        ),
        (
            "INSERT INTO audit SELECT 9, at, who, kind, route_id, detail, hash FROM audit WHERE seq = 1",
            ChainFault::Changed { seq: 9 },
        ),
        (
            "UPDATE audit SET seq = -2 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
             UPDATE audit SET seq = 3 WHERE seq = -2",
            ChainFault::Changed { seq: 2 },
        ),
    ] {
        tamper(&path, sql);
        assert_eq!(fault(&path, None), Some(found), "{sql}");
        std::fs::write(&path, &original).expect("restored");
    }
    // Who also changes what SQLite knows of the numbers is found out by a head that was kept elsewhere.
    tamper(&path, "DELETE FROM audit WHERE seq > 6; UPDATE sqlite_sequence SET seq = 6 WHERE name = 'audit'");
    assert_eq!(fault(&path, None), None);
    assert_eq!(fault(&path, Some(head)), Some(ChainFault::CutOff { ends: 6, known: 8 }));
}

#[tokio::test]
async fn an_end_that_was_cut_off_stays_visible_when_the_audit_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, head) = written(&directory).await;
    tamper(&path, "DELETE FROM audit WHERE seq > 6");
    let bench = bench_in(&directory).await;
    one_more(&bench).await;
    bench.store.close().await;
    assert_eq!(fault(&path, Some(head)), Some(ChainFault::Missing { from: 7, to: 8 }));
}

#[tokio::test]
async fn what_is_cut_off_while_the_store_is_open_is_seen_by_its_own_head() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":1,"beta":1}}"#, 1).await;
    let path = directory.path().join("gateway.db");
    tamper(&path, "DELETE FROM audit WHERE seq = 2; UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit'");
    assert_eq!(fault(&path, None), None);
    let head = bench.store.audit_head().await.expect("known");
    assert_eq!(fault(&path, Some(head)), Some(ChainFault::CutOff { ends: 1, known: 2 }));
}

#[tokio::test]
async fn what_a_gateway_writes_meanwhile_is_not_taken_for_a_cut() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    let path = directory.path().join("gateway.db");
    let done = Arc::new(AtomicBool::new(false));
    let is_done = Arc::clone(&done);
    let checking = tokio::task::spawn_blocking(move || {
        while !is_done.load(Ordering::Relaxed) {
            assert_eq!(fault(&path, None), None);
        }
    });
    for _ in 0..400 {
        one_more(&bench).await;
    }
    done.store(true, Ordering::Relaxed);
    checking.await.expect("every check finds the audit whole");
}

#[tokio::test]
async fn the_entries_of_an_older_schema_are_chained_when_the_file_is_opened() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("gateway.db");
    let older = Connection::open(&path).expect("opens");
    older.execute_batch(include_str!("../../src/schema/1.sql")).expect("schema 1");
    older.execute_batch(include_str!("../../src/schema/2.sql")).expect("schema 2");
    older
        .execute_batch(
            "PRAGMA application_id = 0x70677779; PRAGMA user_version = 2; PRAGMA journal_mode = WAL; \
             WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1200) \
             INSERT INTO audit(at, who, kind, route_id, detail) \
             SELECT n, 'crm', 'identity', n % 3, 'user crm-' || n || ' set' FROM number",
        )
        .expect("entries");
    drop(older);
    assert!(matches!(verify_audit(&path, None), Err(OpenError::Older { found: 2, .. })));
    let bench = bench_in(&directory).await;
    one_more(&bench).await;
    bench.store.close().await;
    let report = verify_audit(&path, None).expect("readable");
    assert_eq!((report.fault, report.head.seq), (None, 1_201));
}

#[test]
fn what_is_no_database_of_this_program_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("notes #1?.txt");
    assert!(matches!(verify_audit(&path, None), Err(OpenError::Io { .. })));
    std::fs::write(&path, "not a database, but long enough to be looked at ".repeat(100)).expect("written");
    assert!(matches!(verify_audit(&path, None), Err(OpenError::Foreign(_))));
    let other = directory.path().join("other.db");
    tamper(&other, "CREATE TABLE t(x)");
    assert!(matches!(verify_audit(&other, None), Err(OpenError::Foreign(_))));
}
