//! What is true of the file alone: it survives, it can be copied, it belongs to one process, and it forgets.

mod copying;
mod forgetting;
mod losing;
mod owning;
mod surviving;
mod tampering;

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

fn database(directory: &TempDir) -> rusqlite::Connection {
    rusqlite::Connection::open(directory.path().join("gateway.db")).expect("opens")
}
