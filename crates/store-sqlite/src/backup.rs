use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    error::describe,
    header::may_be_ours,
    migrate::APPLICATION_ID,
    open::{connect, private},
};

/// Why a database was not copied; what was begun of the copy is removed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no database to copy, or it cannot be read.
    #[error("cannot read {path}: {cause}")]
    Source {
        /// The database.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is no database of this program.
    #[error("{0} is no database of this program")]
    Foreign(PathBuf),
    /// The copy cannot be written: among others, because a file is there already.
    #[error("cannot write {path}: {cause}; name a file that does not exist yet")]
    Target {
        /// The copy.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// SQLite failed.
    #[error("the database could not be copied: {0}")]
    Sqlite(String),
    /// What was written cannot be read back.
    #[error("the copy is damaged: {0}; check the disk, and the database with it")]
    Damaged(String),
}

/// Copies a database as it is at one moment; another process may have it open meanwhile, this one must not, because a file that is
/// closed takes the process's locks along. The copy is checked, durable, and readable by its owner alone.
///
/// # Errors
/// Why there is no copy.
pub fn backup(from: &Path, to: &Path) -> Result<(), BackupError> {
    let source = |cause| BackupError::Source { path: from.to_owned(), cause };
    if !may_be_ours(&File::open(from).map_err(source)?, from).map_err(source)? {
        return Err(BackupError::Foreign(from.to_owned()));
    }
    let target = |cause| BackupError::Target { path: to.to_owned(), cause };
    // SQLite writes into an empty file as it does into none, and leaves its rights as they are.
    let file = private().create_new(true).open(to).map_err(target)?;
    let copied = copy(from, to).and_then(|()| file.sync_all().map_err(target));
    if copied.is_err() {
        drop(std::fs::remove_file(to));
    }
    copied
}

fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let sqlite = |error: rusqlite::Error| BackupError::Sqlite(describe(&error));
    // Not for reading alone: whoever reads a write-ahead log has to register as a reader.
    let connection = connect(from, OpenFlags::SQLITE_OPEN_READ_WRITE, None).map_err(sqlite)?;
    if number(&connection, "application_id").map_err(sqlite)? != APPLICATION_ID {
        return Err(BackupError::Foreign(from.to_owned()));
    }
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map_err(sqlite)?;
    let copy = connect(to, OpenFlags::SQLITE_OPEN_READ_ONLY, None).map_err(sqlite)?;
    let answer: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(sqlite)?;
    if answer == "ok" { Ok(()) } else { Err(BackupError::Damaged(answer)) }
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}
