use std::{fmt, path::Path, time::Duration};

/// Told of each commit, on the writer's thread: must be quick.
pub trait Meter: Send + Sync + fmt::Debug {
    /// So many operations were made durable together; `took` is the time of writing and synchronising the write-ahead log
    /// alone.
    fn committed(&self, operations: usize, took: Duration);
}

/// Nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMeter;

impl Meter for NoMeter {
    fn committed(&self, _: usize, _: Duration) {}
}

/// What the store takes at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    /// Bytes of the database's file.
    pub database: u64,
    /// Bytes of the write-ahead log.
    pub wal: u64,
    /// Operations that wait for the writer.
    pub queued: usize,
}

impl Footprint {
    /// Of the files at this path; a file that cannot be looked at counts as empty.
    pub(crate) fn of(path: &Path, queued: usize) -> Self {
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        Self { database: bytes(path), wal: bytes(Path::new(&wal)), queued }
    }
}
