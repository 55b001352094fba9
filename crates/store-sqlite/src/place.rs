//! Whether what is written can be found again. A file that was removed or replaced takes every write as before, and has lost
//! them all when the process ends.

use std::{
    fs::{File, Metadata},
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;

use crate::{error::describe, wal::Wal};

/// The names of the open files.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<File>,
    pub(crate) wal: Arc<Wal>,
}

impl Place {
    /// Whether the names still lead to the open files.
    ///
    /// # Errors
    /// What has happened to which file.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.compare(&self.path, &self.file)?;
        match self.wal.file() {
            Ok(Some(wal)) => self.compare(self.wal.path(), wal),
            // It is looked for again after the next commit.
            Ok(None) | Err(_) => Ok(()),
        }
    }

    fn compare(&self, path: &Path, file: &File) -> Result<(), String> {
        let what = match (std::fs::metadata(path), file.metadata()) {
            (Ok(named), Ok(open)) if is_same(&named, &open) => return Ok(()),
            (Ok(_), Ok(_)) => "was replaced".to_owned(),
            (Err(error), _) | (_, Err(error)) => format!("is gone ({error})"),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Err(format!("the file {name} of the store {what} while the process had it open"))
    }

    /// Writes what the process still has beside the lost database; where it is then.
    pub(crate) fn save(&self, connection: &Connection) -> Option<PathBuf> {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".saved");
        let name = PathBuf::from(name);
        // SQLite leaves the rights of an empty file as they are, and refuses any other one.
        let made = crate::open::private().create_new(true).open(&name).map_err(|error| error.to_string());
        let saved = made.and_then(|file| {
            let copy = connection.execute("VACUUM INTO ?1", [name.to_string_lossy()]);
            copy.map_err(|error| describe(&error))?;
            file.sync_all().map_err(|error| error.to_string())
        });
        match saved {
            Ok(()) => Some(name),
            Err(error) => {
                tracing::error!(error, "what the process had of the store could not be saved");
                None
            }
        }
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}
