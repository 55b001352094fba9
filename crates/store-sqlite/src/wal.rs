use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The write-ahead log beside a database, opened once and kept: at a time when the process may open nothing more, a checkpoint
/// goes on. SQLite has no locks on it, and empties it without making it anew.
#[derive(Debug)]
pub(crate) struct Wal {
    path: PathBuf,
    file: OnceLock<File>,
}

impl Wal {
    pub(crate) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), file: OnceLock::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file; none until SQLite has made it.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn file(&self) -> io::Result<Option<&File>> {
        if let Some(file) = self.file.get() {
            return Ok(Some(file));
        }
        match File::open(&self.path) {
            Ok(file) => Ok(Some(self.file.get_or_init(|| file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> u64 {
        let metadata = self.file.get().map_or_else(|| std::fs::metadata(&self.path), File::metadata);
        metadata.map_or(0, |metadata| metadata.len())
    }
}
