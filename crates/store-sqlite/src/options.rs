use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use delivery::store::Observer;

use crate::meter::{Meter, NoMeter};

/// How a store is opened.
#[derive(Debug)]
pub struct Options {
    /// The database's file; created with its directory when it does not exist.
    pub path: PathBuf,
    /// Told of every committed change of lanes, on the writer's thread.
    pub observer: Arc<dyn Observer>,
    /// Told of each commit.
    pub meter: Arc<dyn Meter>,
    /// How many operations may wait for the writer.
    pub queue: usize,
    /// Whether a network file system is taken although its locks may not hold.
    pub network_fs: NetworkFs,
    /// The registered VFS through which SQLite reaches the file; none for SQLite's default. For tests with a disk that fails.
    pub vfs: Option<String>,
    #[cfg(test)]
    pub(crate) faults: Arc<crate::tests::Faults>,
}

/// Whether a database may lie on a network file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkFs {
    /// It is refused.
    #[default]
    Refuse,
    /// It is taken.
    Allow,
}

impl Options {
    /// The usual way: 1024 operations may wait, no network file system.
    pub fn new(path: impl AsRef<Path>, observer: Arc<dyn Observer>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            observer,
            meter: Arc::new(NoMeter),
            queue: 1024,
            network_fs: NetworkFs::Refuse,
            vfs: None,
            #[cfg(test)]
            faults: Arc::default(),
        }
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or its directory cannot be used.
    #[error("cannot use {path}: {cause}; check that the directory exists and is writable by this process")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Another process has the database open.
    #[error("{0} is used by another process; stop that process or configure another file")]
    InUse(PathBuf),
    /// The last process found that another file had been copied over the database.
    #[error(
        "another file was copied over {path} while a process had it open, and its log was set aside as {aside}; if the database is \
         to be as it was copied, remove that file and start again; see the run-book, \"A database that was removed or replaced\""
    )]
    SetAside {
        /// The database.
        path: PathBuf,
        /// The log of what was there before.
        aside: PathBuf,
    },
    /// The file lies on a file system whose locks cannot be relied on.
    #[error(
        "{path} lies on a network file system ({kind}), where SQLite cannot keep its promises; move it to a local disk"
    )]
    NetworkFs {
        /// The file.
        path: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// The SQLite that was linked has a known fault.
    #[error("SQLite {found} is linked, which can corrupt a database; link 3.51.3 or newer")]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// A setting did not take.
    #[error(
        "SQLite keeps {pragma} at {found} instead of {wanted}; the file or its file system does not allow it"
    )]
    Pragma {
        /// The setting.
        pragma: &'static str,
        /// What was asked for.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The file is a database of another program, or no database. It was not changed.
    #[error("{0} is no database of this program; configure another file")]
    Foreign(PathBuf),
    /// The file was written by a newer version of this program.
    #[error(
        "{path} has schema {found}, this program knows {known}; use the version that wrote it or a newer one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// The file was written by an older version of this program, and is only to be read.
    #[error(
        "{path} has schema {found}, and only schema {known} can be read so; start the gateway on it once"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// The file does not hold what it says that it holds.
    #[error("{path} is damaged or cut off ({what}); restore it from a backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// SQLite failed.
    #[error("cannot open {path}: {what}; restore it from a backup if it is damaged")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
}
