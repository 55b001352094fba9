//! The delivery store on SQLite: one file, one process, one writer.
//!
//! A thread of its own owns the only connection that writes. It takes whatever is queued, runs it in one transaction and
//! answers after the commit, so that one `fsync` serves many callers. Reads go to a few read-only connections. What becomes
//! of a lane is decided by [`delivery::decide`]; the SQL here selects rows and writes them.

mod codes;
mod content;
mod error;
mod failure;
mod header;
mod open;
mod options;
mod page;

mod lock;
mod migrate;
mod mount;
mod pragmas;

mod checkpoint;
mod op;
mod place;
mod queue;
mod scrub;
mod wal;
mod writer;

mod answer;
mod batch;
mod changes;
mod tx;

mod accept;
mod claim;
mod due;
mod enrol;
mod erase;
mod pass;
mod rearm;
mod rekey;
mod reports;
mod routes;
mod settle;
mod start;
mod sweep;

mod audit;
mod events;
mod idempotency;
mod journal;
mod lanes;
mod updates;
mod users;
mod ways;

mod backup;
mod meter;
mod offline;
mod read;
mod reader;
mod store;

#[cfg(test)]
mod tests;

pub use backup::{BackupError, backup};
pub use meter::{Footprint, Meter, NoMeter};
pub use offline::verify_audit;
pub use options::{NetworkFs, OpenError, Options};
pub use store::SqliteStore;
