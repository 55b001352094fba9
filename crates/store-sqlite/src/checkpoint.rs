use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};

use crate::{error::describe, scrub::Scrubber};

/// 4 MiB of pages of 4 KiB.
const PASSIVE_AFTER: u32 = 1024;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Decides when the WAL is copied into the database.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    /// Pages in the WAL after the last commit.
    pages: Arc<AtomicU32>,
    /// Pages in the WAL at the last checkpoint.
    copied: u32,
    /// Whether anything was committed since the WAL was emptied.
    pending: bool,
    scrubber: Scrubber,
}

/// How long a checkpoint that empties the WAL may wait for readers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Patience {
    /// Not at all: the next quiet moment will do.
    None,
    /// As long as a read may take: somebody waits for it.
    Readers,
}

impl Checkpoints {
    /// Watches the connection's commits.
    pub(crate) fn watch(connection: &mut Connection, scrubber: Scrubber) -> rusqlite::Result<Self> {
        let pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&pages);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            seen.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { pages, copied: 0, pending: true, scrubber })
    }

    /// Copies what is there without waiting for anybody, once enough has come together; whether it has.
    pub(crate) fn after_commit(&mut self, connection: &Connection) -> Result<bool, String> {
        self.pending = true;
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.copied {
            self.copied = 0;
        }
        if pages < self.copied + PASSIVE_AFTER || !noted(self.scrubber.note())? {
            return Ok(false);
        }
        run(connection, "PRAGMA wal_checkpoint(PASSIVE)").map_err(|error| describe(&error))?;
        self.copied = pages;
        Ok(true)
    }

    /// Whether the WAL holds anything.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending
    }

    /// Copies everything and empties the WAL; whether it could, for readers in the way.
    pub(crate) fn empty(&mut self, connection: &Connection, patience: Patience) -> Result<bool, String> {
        if !noted(self.scrubber.note())? {
            return Ok(false);
        }
        let emptied = truncate(connection, patience).map_err(|error| describe(&error))?;
        if emptied {
            self.copied = 0;
            self.pages.store(0, Ordering::Relaxed);
        }
        Ok(emptied)
    }

    /// Overwrites what is left of moved rows once the WAL is empty.
    pub(crate) fn scrub(&mut self, connection: &Connection) -> Result<(), String> {
        let scrubbed = self.scrubber.scrub(connection).map_err(|error| describe(&error))?;
        self.pending = match scrubbed {
            Ok(scrubbed) => !scrubbed,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => true,
            Err(error) => return Err(format!("what is left of moved rows cannot be overwritten: {error}")),
        };
        Ok(())
    }
}

/// Whether the pages of the WAL are known. A process that may open nothing more has only to wait until it may again.
fn noted(note: io::Result<()>) -> Result<bool, String> {
    match note {
        Ok(()) => Ok(true),
        Err(error) if is_too_many_files(&error) => {
            tracing::warn!(
                "too many files are open: the WAL cannot be copied into the database; it is tried again"
            );
            Ok(false)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// `EMFILE` of the process or `ENFILE` of the system.
fn is_too_many_files(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

fn truncate(connection: &Connection, patience: Patience) -> rusqlite::Result<bool> {
    if let Patience::None = patience {
        connection.busy_timeout(Duration::ZERO)?;
    }
    let emptied = run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    connection.busy_timeout(BUSY_TIMEOUT)?;
    emptied
}

/// Whether nothing was in the way. On a full disk the WAL stays as it is and holds every commit, so that another try will do;
/// after any other error nobody knows what is on the disk.
fn run(connection: &Connection, pragma: &str) -> rusqlite::Result<bool> {
    let busy = connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    match busy {
        Ok(busy) => Ok(busy == 0),
        Err(error) => match error.sqlite_error_code() {
            // Nothing was written yet when a file cannot be opened.
            Some(ErrorCode::DatabaseBusy | ErrorCode::CannotOpen) => Ok(false),
            Some(ErrorCode::DiskFull) => {
                tracing::warn!(
                    "the disk is full: the WAL cannot be copied into the database; it is tried again"
                );
                Ok(false)
            }
            _ => Err(error),
        },
    }
}
