//! Whether what is written can be found again. A file that was removed or replaced takes every write as before, and has lost
//! them all when the process ends; one that another was copied over has lost what was in it.

use std::{
    cell::Cell,
    fs::{File, Metadata},
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{Connection, config::DbConfig};

use crate::{content::Content, error::describe, wal::Wal};

/// The names of the open files.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    file: Arc<File>,
    wal: Arc<Wal>,
    /// What was in the database when this process wrote to it last.
    content: Cell<Option<Content>>,
}

/// What has happened to a file of the store.
#[derive(Debug)]
pub(crate) enum Lost {
    /// Its name does not lead to it any more; what is open is as it was.
    Name(String),
    /// Another one was copied into it.
    Content(String),
}

impl Place {
    /// The place of a database and its log, both open.
    pub(crate) fn new(path: PathBuf, file: Arc<File>, wal: Arc<Wal>) -> Self {
        let content = Cell::new(Content::of(&file).ok());
        Self { path, file, wal, content }
    }

    /// Whether the names still lead to the open files, and the database is not another one.
    ///
    /// # Errors
    /// What has happened to which file.
    pub(crate) fn check(&self) -> Result<(), Lost> {
        self.compare(&self.path, &self.file).map_err(Lost::Name)?;
        // Without it, it is looked for again after the next commit.
        if let Ok(Some(wal)) = self.wal.file() {
            self.compare(self.wal.path(), wal).map_err(Lost::Name)?;
        }
        // A file that cannot be read now is no other one.
        match self.is_as_left() {
            Ok(true) | Err(_) => Ok(()),
            Ok(false) => Err(Lost::Content(format!(
                "another file was copied over the file {} of the store while the process had it open",
                name(&self.path)
            ))),
        }
    }

    /// Notes what is in the database after this process has written to it, as only a checkpoint does.
    pub(crate) fn note(&self) {
        self.content.set(Content::of(&self.file).ok());
    }

    /// Whether there is in the database what this process left there.
    fn is_as_left(&self) -> std::io::Result<bool> {
        let Some(left) = self.content.get() else { return Ok(true) };
        if left.is_untouched(&self.file)? {
            return Ok(true);
        }
        let now = Content::of(&self.file)?;
        let is_same = now.is_that_of(&left);
        if is_same {
            self.content.set(Some(now));
        }
        Ok(is_same)
    }

    fn compare(&self, path: &Path, file: &File) -> Result<(), String> {
        let what = match (std::fs::metadata(path), file.metadata()) {
            (Ok(named), Ok(open)) if is_same(&named, &open) => return Ok(()),
            (Ok(_), Ok(_)) => "was replaced".to_owned(),
            (Err(error), _) | (_, Err(error)) => format!("is gone ({error})"),
        };
        Err(format!("the file {} of the store {what} while the process had it open", name(path)))
    }

    /// Keeps the log from being copied into a database that it does not belong to, by this process or a next one. What has become
    /// of it.
    pub(crate) fn part(&self, connection: &Connection) -> String {
        let kept = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        let aside = aside(self.wal.path());
        match kept
            .map_err(|error| describe(&error))
            .and_then(|_| std::fs::rename(self.wal.path(), &aside).map_err(|error| error.to_string()))
        {
            Ok(()) => format!("its log was set aside as {}", aside.display()),
            Err(error) => {
                format!("its log could not be set aside ({error}): move it away before the next start")
            }
        }
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

/// Where the log of a database is set aside that another file was copied over.
pub(crate) fn aside(wal: &Path) -> PathBuf {
    let mut path = wal.as_os_str().to_owned();
    path.push(".lost");
    path.into()
}

fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
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
