//! A second process must not open the file: it would find the lanes in flight of this one and send them again.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::options::OpenError;

/// Keeps the database for this store.
pub(crate) struct Lock {
    side: File,
    database: Option<Arc<File>>,
}

impl Lock {
    /// Locks a file of its own beside the database. First of all: while another store of this process has the database open,
    /// opening and closing it would drop that one's locks (<https://sqlite.org/howtocorrupt.html>, section 2.2).
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let name = side_file(path);
        let opened = crate::open::private().open(&name);
        let side = opened.map_err(|cause| OpenError::Io { path: name, cause })?;
        lock(&side, path)?;
        Ok(Self { side, database: None })
    }

    /// Locks the database itself, for who knows it by another name, a hard link. The lock is none of those that SQLite uses;
    /// on systems where it would keep SQLite out there is none.
    pub(crate) fn extend(&mut self, database: &Arc<File>, path: &Path) -> Result<(), OpenError> {
        if cfg!(unix) {
            lock(database, path)?;
            self.database = Some(Arc::clone(database));
        }
        Ok(())
    }
}

impl Drop for Lock {
    /// Another process may have the database. What cannot be unlocked is so when it is closed.
    fn drop(&mut self) {
        for file in self.database.as_deref().into_iter().chain([&self.side]) {
            if let Err(error) = file.unlock() {
                tracing::debug!(%error, "a lock is released later");
            }
        }
    }
}

fn lock(file: &File, path: &Path) -> Result<(), OpenError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => OpenError::InUse(path.to_owned()),
        TryLockError::Error(cause) => OpenError::Io { path: path.to_owned(), cause },
    })
}

fn side_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
