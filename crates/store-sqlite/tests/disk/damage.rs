//! A byte of a file that nobody wrote is another one: how often that is noticed. SQLite has no checksum in the database, and
//! takes a damaged frame of its log for the log's end; so this reports, and asks only that the store answers and ends.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use delivery::{
    audit::AuditFilter,
    store::{Audit, LaneFilter, Reads, Upkeep},
};
use store_sqlite::{Options, SqliteStore};
use testkit::store_suite::Recorder;
use vfs_shim::{Disk, Habit, Image, Loss, Random};

use crate::harness::{
    block_on,
    client::{Client, FILE, open_shimmed, register},
    directory,
    image::{self, Content},
    ledger::Ledger,
    on_all_processors, setting,
    verdict::content_of,
};

/// What came of a changed byte, the best answer first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Noticed {
    /// The store did not open.
    AtOpening,
    /// SQLite's check, which a start after an unclean end makes in the background, found it.
    ByTheCheck,
    /// Something could not be read, or a lane was blocked.
    ByReading,
    /// Everything is as it was.
    Harmless,
    /// The end of the log was taken for never written.
    LogCutShort,
    /// The values or rows of these tables are others.
    NotAtAll(Vec<String>),
}

/// A database that was closed, and before that with its log, as a killed process leaves it.
fn sound() -> [(Image, String); 2] {
    block_on(async {
        let directory = directory();
        let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
        let store = open_shimmed(directory.path()).expect("opens");
        let routes = register(&store).await.expect("registered");
        let mut client = Client::new(store, routes, disk.clone(), 3, Ledger::default());
        for step in 0..60 {
            if step == 40 {
                client.erase().await;
            }
            client.step(1).await;
        }
        let killed = disk.image(disk.moment(), &mut Loss::nothing());
        client.close().await;
        let closed = disk.image(disk.moment(), &mut Loss::nothing());
        [(closed, FILE.to_owned()), (killed, format!("{FILE}-wal"))]
    })
}

async fn look(image: &Image, sound: &Content, is_log: bool) -> Noticed {
    let directory = directory();
    image.write(directory.path()).expect("written");
    let options = Options::new(directory.path().join(FILE), Arc::new(Recorder::default()));
    let Ok(store) = SqliteStore::open(options) else { return Noticed::AtOpening };
    let noticed = look_open(&store, directory.path(), sound, is_log).await;
    store.close().await;
    noticed
}

async fn look_open(
    store: &SqliteStore,
    directory: &std::path::Path,
    sound: &Content,
    is_log: bool,
) -> Noticed {
    let Ok(connection) = image::connect(directory) else { return Noticed::ByTheCheck };
    if image::check(&connection).is_err() {
        return Noticed::ByTheCheck;
    }
    let Ok(found) = image::content(&connection) else { return Noticed::ByTheCheck };
    drop(connection);
    if register(store).await.is_err() || !all_is_readable(store).await {
        return Noticed::ByReading;
    }
    match (found == *sound, is_log) {
        (true, _) => Noticed::Harmless,
        (false, true) => Noticed::LogCutShort,
        (false, false) => {
            let others = found.iter().filter(|(name, rows)| sound.get(*name) != Some(rows));
            Noticed::NotAtAll(others.map(|(name, _)| name.clone()).collect())
        }
    }
}

async fn all_is_readable(store: &SqliteStore) -> bool {
    let Ok(lanes) = store.lanes(LaneFilter { limit: 1_000, ..LaneFilter::default() }).await else {
        return false;
    };
    for lane in &lanes {
        let is_readable =
            store.user(&lane.user).await.is_ok() && store.updates_of(&lane.user, None, 500).await.is_ok();
        if !is_readable {
            return false;
        }
    }
    store.audit_log(AuditFilter::newest(500)).await.is_ok() && store.check().await.is_ok()
}

fn tally(counts: &[Noticed]) -> impl Debug {
    let mut tally = std::collections::BTreeMap::new();
    counts.iter().for_each(|noticed| *tally.entry(noticed.clone()).or_insert(0) += 1);
    tally
}

#[test]
fn a_damaged_byte_neither_hangs_nor_ends_the_process() {
    let count: u64 = setting("DAMAGED_BYTES", 120);
    for (sound, name) in sound() {
        let content = content_of(&sound);
        let noticed = Mutex::new(Vec::new());
        on_all_processors(0..count / 2, |seed| {
            let mut random = Random::new(seed);
            let mut image = sound.clone();
            let bytes = image.file_mut(&name).expect("there");
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
            let answer = block_on(look(&image, &content, name != FILE));
            noticed.lock().expect("not poisoned").push(answer);
        });
        let noticed = noticed.into_inner().expect("not poisoned");
        println!("{name}: {:?}", tally(&noticed));
        assert!(
            noticed.iter().any(|answer| *answer < Noticed::Harmless || name != FILE),
            "damage can be noticed"
        );
    }
}
