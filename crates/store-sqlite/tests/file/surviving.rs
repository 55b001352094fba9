//! What is there after the file is opened again, whole or damaged.

use super::*;

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
    let audit = bench.audit(10).await;
    drop(bench);

    let bench = bench_in(&directory).await;
    assert_eq!(bench.user("crm-1").await, before);
    assert_eq!(bench.audit(10).await, audit);
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
async fn a_damaged_lane_is_blocked_and_the_others_go_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    for number in [1, 2] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#);
        bench.accept(&format!("crm-{number}"), &json, 0).await;
    }
    drop(bench);
    let connection = database(&directory);
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
    let connection = database(&directory);
    connection.execute("UPDATE users SET doc = x'00'", []).expect("damaged");
    drop(connection);

    let bench = bench_in(&directory).await;
    let claimed = bench.claim("alpha", 1).await;
    assert!(claimed.work.is_empty() && claimed.next_due.is_none());
    assert!(matches!(bench.store.user(&user("crm-1")).await, Err(StoreError::Damaged(_))));
    assert_eq!(bench.store.counts(bench.id("alpha")).await.expect("read").blocked, 1);
}

#[test]
fn the_last_confirmation_and_the_cause_of_a_pause_survive_the_fourth_schema() {
    let connection = rusqlite::Connection::open_in_memory().expect("opens");
    for sql in [
        include_str!("../../src/schema/1.sql"),
        include_str!("../../src/schema/2.sql"),
        include_str!("../../src/schema/3.sql"),
        "INSERT INTO routes(route_id, name, vendor, subject_kind, origin, mapping_revision) VALUES(1, 'a', 'v', 'id', 'o', 0); \
         INSERT INTO routes(route_id, name, vendor, subject_kind, origin, mapping_revision, pause, probe_at) \
         VALUES(2, 'b', 'v', 'id', 'o', 0, 2, NULL), (3, 'c', 'v', 'id', 'o', 0, 2, 9), (4, 'd', 'v', 'id', 'o', 0, 4, NULL); \
         INSERT INTO lanes(route_id, user_id, state, prio, next_at, want_ver, sent_ver, acked_ver, floor_ver, epoch, attempt, again, \
         pinned, confirmed_at) VALUES(1, 'u', 0, 0, 0, 7, 7, 7, 7, 1, 0, 0, 1, 1795258870581)",
        include_str!("../../src/schema/4.sql"),
    ] {
        connection.execute_batch(sql).expect(sql);
    }
    let kept: Vec<u8> =
        connection.query_row("SELECT confirmations FROM lanes", [], |row| row.get(0)).expect("a lane");
    assert_eq!(kept, [7_u64.to_be_bytes(), 1_795_258_870_581_u64.to_be_bytes()].concat());
    let mut routes = connection.prepare("SELECT pause FROM routes ORDER BY route_id").expect("routes");
    let pauses: Vec<Option<i64>> =
        routes.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("numbers");
    assert_eq!(
        pauses,
        [None, Some(5), Some(2), Some(4)],
        "the one that only somebody can resume and nobody paused"
    );
}
