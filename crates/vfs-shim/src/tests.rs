//! The disk itself: what is synchronised survives, what is not may be lost in every way, and the log says what happened.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::{
    Code, Disk, Fault, Habit, Image, Kind, Loss, Random, SlowDisk, Times, register, register_as_default,
};

fn connect(directory: &TempDir) -> Connection {
    let path = directory.path().join("a.db");
    let connection =
        Connection::open_with_flags_and_vfs(path, OpenFlags::default(), register()).expect("opens");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL")
        .expect("set");
    connection
}

fn watched(habit: Habit) -> (TempDir, Disk, Connection) {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = Disk::watch(directory.path(), habit).expect("readable");
    let connection = connect(&directory);
    connection.execute_batch("CREATE TABLE t(x)").expect("created");
    (directory, disk, connection)
}

fn insert(connection: &Connection, rows: std::ops::Range<i64>) {
    for row in rows {
        connection.execute("INSERT INTO t VALUES(?1)", [row]).expect("inserted");
    }
}

/// How many rows are found in an image.
fn rows(image: &Image) -> i64 {
    let directory = tempfile::tempdir().expect("a directory");
    image.write(directory.path()).expect("written");
    let connection = Connection::open(directory.path().join("a.db")).expect("opens");
    let check: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(check, "ok");
    connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap_or(0)
}

#[test]
fn what_was_synchronised_survives_every_loss() {
    let (_directory, disk, connection) = watched(Habit::Honest);
    insert(&connection, 0..5);
    let moment = disk.moment();
    for seed in 0..50 {
        assert_eq!(rows(&disk.image(moment, &mut Loss::seeded(seed))), 5, "seed {seed}");
    }
    assert_eq!(rows(&disk.image(moment, &mut Loss::everything())), 5);
}

#[test]
fn a_commit_that_was_not_synchronised_can_be_lost_and_can_survive() {
    let (_directory, disk, connection) = watched(Habit::Honest);
    insert(&connection, 0..1);
    let last = disk.moment() - 1;
    assert_eq!(disk.kinds()[last], Kind::Sync, "a commit ends with a synchronisation");
    assert_eq!(rows(&disk.image(last, &mut Loss::everything())), 0);
    assert_eq!(rows(&disk.image(last, &mut Loss::nothing())), 1);
}

#[test]
fn a_careless_or_lying_disk_loses_commits() {
    for habit in [Habit::Careless, Habit::LiesAboutSync] {
        let (_directory, disk, connection) = watched(habit);
        let told: String = connection
            .query_row("PRAGMA synchronous", [], |row| match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => Ok(number.to_string()),
                other => Ok(other.as_str()?.to_owned()),
            })
            .expect("asked");
        assert_eq!(told, "2", "nobody can tell");
        insert(&connection, 0..5);
        assert!(rows(&disk.image(disk.moment(), &mut Loss::everything())) < 5, "{habit:?}");
        assert_eq!(rows(&disk.image(disk.moment(), &mut Loss::nothing())), 5);
    }
}

#[test]
fn what_is_written_beside_sqlite_is_noticed() {
    let (directory, disk, connection) = watched(Habit::Honest);
    connection
        .execute_batch("INSERT INTO t VALUES(zeroblob(3000)); PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("done");
    let path = directory.path().join("a.db");
    let before = std::fs::read(&path).expect("read");
    let mut bytes = before.clone();
    // The unallocated middle of the last page.
    let at = bytes.len() - 4096 + 600;
    bytes[at] = 7;
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("opens");
    connection.execute_batch("BEGIN IMMEDIATE").expect("locked");
    std::os::unix::fs::FileExt::write_at(&file, &bytes[at..=at], at as u64).expect("written");
    connection.execute_batch("ROLLBACK").expect("let go");
    let content = |loss: &mut Loss| disk.image(disk.moment(), loss).file("a.db").expect("there").to_vec();
    assert_eq!(content(&mut Loss::nothing()), bytes);
    assert_eq!(content(&mut Loss::everything()), before);
}

#[test]
fn the_kth_call_fails_once_or_from_then_on() {
    for (times, failures) in [(Times::Once, 1), (Times::Forever, 4)] {
        let (_directory, disk, connection) = watched(Habit::Honest);
        disk.fail(Fault { on: Kind::Sync, at: 2, code: Code::Io, times });
        let failed =
            (0..5).filter(|row| connection.execute("INSERT INTO t VALUES(?1)", [row]).is_err()).count();
        assert_eq!(failed, failures);
        assert_eq!(disk.fired(), failures as u64);
        assert_eq!(disk.heal(), failures as u64);
        insert(&connection, 9..10);
    }
}

#[test]
fn a_new_file_can_be_missing_until_the_names_are_synchronised() {
    let (_directory, disk, connection) = watched(Habit::Honest);
    insert(&connection, 0..1);
    let story = disk.story(0, disk.moment());
    let created = story.lines().position(|line| line.contains("create a.db-wal")).expect("a log");
    let image = disk.image(created + 1, &mut Loss::everything());
    assert_eq!(image.file("a.db-wal"), None);
    let seeds = 0..40;
    let found =
        seeds.filter(|seed| disk.image(created + 1, &mut Loss::seeded(*seed)).file("a.db-wal").is_some());
    assert!((1..40).contains(&found.count()), "some seeds keep the name and some lose it");
}

#[test]
fn the_same_seed_gives_the_same_image() {
    let (_directory, disk, connection) = watched(Habit::LiesAboutSync);
    insert(&connection, 0..10);
    let image = |seed| disk.image(disk.moment(), &mut Loss::seeded(seed));
    assert_eq!(image(3), image(3));
    let mut random = Random::new(1);
    assert!((0..20).any(|_| image(random.number()) != image(random.number())));
}

#[test]
fn a_slow_disk_counts_synchronisations_and_makes_each_last() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = SlowDisk::watch(directory.path(), Duration::from_millis(5)).expect("a directory");
    let connection = connect(&directory);
    connection.execute_batch("CREATE TABLE t(x)").expect("created");
    let (before, began) = (disk.syncs(), Instant::now());
    insert(&connection, 0..4);
    assert!(began.elapsed() >= Duration::from_millis(20));
    assert_eq!(disk.syncs() - before, 4, "each commit is one synchronisation");
    connection.execute_batch("BEGIN").expect("begun");
    insert(&connection, 4..10);
    connection.execute_batch("COMMIT").expect("committed");
    assert_eq!(disk.syncs() - before, 5, "one commit is one synchronisation, whatever is in it");
    assert_eq!(rows(&Image::read(directory.path()).expect("readable")), 10, "everything is on the real disk");
}

#[test]
fn a_slow_disk_is_met_by_a_connection_that_names_no_vfs() {
    register_as_default();
    let directory = tempfile::tempdir().expect("a directory");
    let disk = SlowDisk::watch(directory.path(), Duration::ZERO).expect("a directory");
    let beside = tempfile::tempdir().expect("a directory");
    for path in [beside.path(), directory.path()] {
        assert_eq!(disk.syncs(), 0, "another directory is not counted");
        let connection = Connection::open(path.join("a.db")).expect("opens");
        connection.execute_batch("CREATE TABLE t(x)").expect("created");
    }
    assert!(disk.syncs() > 0);
}
