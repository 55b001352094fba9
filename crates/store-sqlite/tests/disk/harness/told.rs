//! A store whose observer looks for itself whether what it is told is there.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use canonical::UserId;
use delivery::store::{LaneRow, Observer};
use store_sqlite::{Options, SqliteStore};
use vfs_shim::{Disk, Habit};

use super::{
    block_on,
    client::{Client, FILE, register},
    directory, image,
    ledger::Ledger,
};

#[derive(Debug)]
struct Doubter {
    directory: PathBuf,
    seen: Mutex<(usize, Option<String>)>,
}

impl Doubter {
    fn look(&self, row: &LaneRow) -> Result<(), String> {
        let id = row.id.ok_or("a lane without an id")?;
        let connection = image::connect(&self.directory)?;
        let epoch = "SELECT epoch FROM lanes WHERE lane_id = ?1 AND revision >= ?2";
        let revision = (id.0, row.lane.revision.cast_signed());
        let found: Result<i64, _> = connection.query_row(epoch, revision, |row| row.get(0));
        match found {
            Ok(found) if found >= row.lane.epoch.cast_signed() => Ok(()),
            Ok(found) => Err(format!("told of claim {}, where the file has {found}", row.lane.epoch)),
            Err(error) => Err(format!("told of {:?}, where the file has another one: {error}", row.lane)),
        }
    }
}

impl Observer for Doubter {
    fn committed(&self, lanes: &[(UserId, LaneRow)]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, row) in lanes {
            seen.0 += 1;
            seen.1 = seen.1.take().or_else(|| self.look(row).err());
        }
    }
}

/// Runs a workload of so many steps; the error says what an observer was told too early.
pub(crate) fn told_only_what_is_there(steps: usize) -> Result<(), String> {
    block_on(async {
        let directory = directory();
        let doubter = Doubter { directory: directory.path().to_owned(), seen: Mutex::default() };
        let doubter = Arc::new(doubter);
        let disk = Disk::watch(directory.path(), Habit::Honest).expect("readable");
        let observer = Arc::clone(&doubter) as Arc<dyn Observer>;
        let store = SqliteStore::open(Options::new(directory.path().join(FILE), observer)).expect("opens");
        let routes = register(&store).await.expect("registered");
        let mut client = Client::new(store, routes, disk, 5, Ledger::default());
        for _ in 0..steps {
            client.step(4).await;
        }
        client.close().await;
        let (seen, wrong) = doubter.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(seen > steps / 2, "only {seen} changes were told of");
        wrong.map_or(Ok(()), Err)
    })
}
