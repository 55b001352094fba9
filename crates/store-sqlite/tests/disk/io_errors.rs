//! G12: when a write, a synchronisation or a truncation fails, nothing is told that is not so. An error of the disk stops the
//! store; a full disk does not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use delivery::store::{StoreError, Upkeep};
use store_sqlite::{Options, SqliteStore};
use testkit::store_suite::Recorder;
use vfs_shim::{Code, Disk, Fault, Habit, Image, Kind, Loss, Times};

use crate::harness::{
    block_on,
    client::{Client, FILE, open_shimmed, register},
    directory,
    ledger::{Ledger, Told},
    on_all_processors, setting,
    verdict::judge,
};

const STEPS: usize = 24;
/// Calls up to this one fail one by one in every run; of later ones the ordinary run takes every tenth.
const ALL_UP_TO: u64 = 50;

/// What the standard run begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// A file with some users.
    Used,
    /// Nothing.
    New,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    start: Start,
    fault: Fault,
}

impl Case {
    /// Every kind of fault, without its number.
    fn kinds() -> Vec<Self> {
        let mut cases = Vec::new();
        for start in [Start::Used, Start::New] {
            for on in [Kind::Write, Kind::Sync, Kind::Truncate] {
                for code in [Code::Io, Code::Full] {
                    for times in [Times::Once, Times::Forever] {
                        cases.push(Self { start, fault: Fault { on, at: 1, code, times } });
                    }
                }
            }
        }
        cases
    }

    fn at(self, at: u64) -> Self {
        Self { fault: Fault { at, ..self.fault }, ..self }
    }
}

/// A database that was used and closed.
fn used() -> Image {
    block_on(async {
        let directory = directory();
        let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
        let options = Options::new(directory.path().join(FILE), Arc::new(Recorder::default()));
        let store = SqliteStore::open(options).expect("opens");
        let routes = register(&store).await.expect("registered");
        let mut client = Client::new(store, routes, disk, 1, Ledger::default());
        for _ in 0..20 {
            assert!(matches!(client.step(1).await, Told::Done | Told::Refused));
        }
        client.close().await;
        Image::read(directory.path()).expect("readable")
    })
}

/// One standard run with one fault; answers whether the fault came to pass.
fn run(case: Case, used: &Image) -> bool {
    block_on(async {
        let directory = directory();
        if case.start == Start::Used {
            used.write(directory.path()).expect("written");
        }
        let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
        disk.fail(case.fault);
        let ledger = match open(directory.path(), &disk).await {
            Some(mut client) => {
                work(&mut client, &disk, case).await;
                client.close().await
            }
            None => Ledger::default(),
        };
        let fired = disk.heal() > 0;
        let killed = Image::read(directory.path()).expect("readable");
        let lost = disk.image(disk.moment(), &mut Loss::seeded(case.fault.at));
        let all_lost = disk.image(disk.moment(), &mut Loss::everything());
        for image in [killed, lost, all_lost] {
            let verdict = judge(&image, &ledger, usize::MAX, None).await;
            assert_eq!(verdict, Ok(()), "{case:?}\n{}", disk.story(0, disk.moment()));
        }
        fired
    })
}

/// Opens the store; none when the fault keeps it from opening, which it may.
async fn open(directory: &std::path::Path, disk: &Disk) -> Option<Client> {
    let store = match open_shimmed(directory) {
        Ok(store) => store,
        Err(error) => {
            assert!(disk.fired() > 0, "nothing failed, and it does not open: {error}");
            return None;
        }
    };
    match register(&store).await {
        Ok(routes) => Some(Client::new(store, routes, disk.clone(), 7, Ledger::default())),
        Err(error) => {
            assert!(disk.fired() > 0, "nothing failed, and routes are refused: {error}");
            assert!(matches!(error, StoreError::Full | StoreError::OutcomeUnknown(_)), "{error}");
            None
        }
    }
}

async fn work(client: &mut Client, disk: &Disk, case: Case) {
    for step in 0..STEPS {
        if step == STEPS * 2 / 3 && case.fault.code == Code::Full && disk.fired() > 0 {
            disk.heal();
        }
        let was_full = client.ledger.full.len();
        let told = if step % 8 == 7 { client.erase().await } else { client.step(1).await };
        match (told, case.fault.code) {
            (Told::Done | Told::Refused, _) => {}
            (Told::Full, Code::Full) | (Told::Unknown, Code::Io) => assert!(disk.fired() > 0, "{case:?}"),
            (told, _) => panic!("{told:?} in {case:?}"),
        }
        if client.ledger.full.len() > was_full {
            is_not_stored(client, disk, case).await;
        }
        if case.fault.code == Code::Io && disk.fired() > 0 {
            return has_stopped(client, disk, case).await;
        }
    }
    if case.fault.code == Code::Full && disk.fired() > 0 {
        disk.heal();
        assert_eq!(client.accept_one().await, Told::Done, "it goes on when there is room: {case:?}");
    }
}

/// What was refused because the disk is full is not there, even when the process is killed at this moment. Not so after a
/// synchronisation that answers that the disk is full: everything was written by then. The VFS of Unix never answers that.
async fn is_not_stored(client: &Client, disk: &Disk, case: Case) {
    if case.fault.on != Kind::Sync {
        let killed = disk.image(disk.moment(), &mut Loss::nothing());
        assert_eq!(judge(&killed, &client.ledger, usize::MAX, None).await, Ok(()), "{case:?}");
    }
}

/// The disk has erred: the store takes nothing more, and says so to the one who waits for that.
async fn has_stopped(client: &mut Client, disk: &Disk, case: Case) {
    let reason = tokio::time::timeout(Duration::from_secs(10), client.store.failed()).await;
    assert!(reason.is_ok(), "an error of the disk stops the store: {case:?}\n{}", disk.story(0, 60));
    let checked = client.store.check().await;
    assert!(matches!(checked, Err(StoreError::OutcomeUnknown(_))), "{checked:?} in {case:?}");
    assert_eq!(client.accept_one().await, Told::Unknown, "{case:?}");
}

#[test]
fn after_every_failing_call_what_was_answered_is_there() {
    let every = std::env::var("IO_ERRORS").is_ok_and(|which| which == "all");
    let (used, runs, most) = (used(), AtomicUsize::new(0), AtomicU64::new(0));
    on_all_processors(Case::kinds().into_iter(), |kind| {
        let mut at = 1;
        while run(kind.at(at), &used) {
            runs.fetch_add(1, Ordering::Relaxed);
            most.fetch_max(at, Ordering::Relaxed);
            let near = at < ALL_UP_TO && kind.start == Start::Used;
            at += if every || near { 1 } else { setting("IO_ERRORS_STRIDE", 10) };
        }
    });
    let (runs, most) = (runs.into_inner(), most.into_inner());
    println!("{runs} runs, each with another failing call, up to call {most} of a kind");
    assert!(most > ALL_UP_TO && runs > 300, "the runs are long enough: {runs}, {most}");
}

#[test]
fn a_store_whose_log_could_not_be_begun_does_not_open() {
    // SQLite answers that it will use a WAL before it has committed that it will.
    for (on, most) in [(Kind::Write, 4), (Kind::Sync, 3)] {
        for at in 1..=most {
            let directory = directory();
            let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
            disk.fail(Fault { on, at, code: Code::Io, times: Times::Once });
            let opened = open_shimmed(directory.path());
            assert_eq!(disk.heal(), 1);
            assert!(opened.is_err(), "{on:?} {at} has failed\n{}", disk.story(0, 20));
            drop(open_shimmed(directory.path()).expect("nothing was stored, and nothing is in the way"));
        }
    }
}

#[test]
fn a_checkpoint_that_finds_the_disk_full_is_tried_again() {
    block_on(async {
        let directory = directory();
        let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
        let mut client = open(directory.path(), &disk).await.expect("opens");
        assert_eq!(client.accept_one().await, Told::Done);
        // The log can be written, the database cannot: an erase wants the log copied.
        disk.fail(Fault { on: Kind::Truncate, at: 1, code: Code::Full, times: Times::Forever });
        while disk.fired() == 0 {
            assert_ne!(client.erase().await, Told::Full, "the erase itself is committed");
            assert!(matches!(client.step(1).await, Told::Done | Told::Refused));
        }
        assert_eq!(client.accept_one().await, Told::Done, "the store goes on");
        disk.heal();
        let emptied = async {
            let log = directory.path().join(format!("{FILE}-wal"));
            while std::fs::metadata(&log).expect("there").len() > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), emptied).await.expect("it is tried again");
        let ledger = client.close().await;
        let image = Image::read(directory.path()).expect("readable");
        assert_eq!(judge(&image, &ledger, usize::MAX, None).await, Ok(()));
    });
}
