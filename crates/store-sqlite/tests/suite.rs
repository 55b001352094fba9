//! The store on SQLite keeps every promise of a store.

use std::sync::Arc;

use delivery::store::Observer;
use store_sqlite::{Options, SqliteStore};
use testkit::store_suite::Opened;

fn open(observer: Arc<dyn Observer>) -> Opened {
    let directory = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(Options::new(directory.path().join("gateway.db"), observer));
    Opened { store: Arc::new(store.expect("a new file opens")), keep: Box::new(directory) }
}

testkit::store_suite!(open);
