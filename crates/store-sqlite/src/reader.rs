use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use delivery::store::StoreError;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::{
    error::{OpError, describe},
    open::connect,
    options::OpenError,
    pragmas,
    ways::Ways,
};

const CONNECTIONS: usize = 4;

/// A few read-only connections, each used by one read at a time on a thread that may block.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    ways: Arc<Ways>,
}

impl Readers {
    pub(crate) fn open(path: &Path, vfs: Option<&str>) -> Result<Self, OpenError> {
        let connections = (0..CONNECTIONS).map(|_| open(path, vfs)).collect::<Result<Vec<_>, _>>()?;
        let (idle, free) = (Arc::new(Mutex::new(connections)), Arc::new(Semaphore::new(CONNECTIONS)));
        Ok(Self { idle, free, ways: Arc::default() })
    }

    /// The ways that rows of lanes name, as far as they were needed; all of them are committed.
    pub(crate) fn ways(&self) -> Arc<Ways> {
        Arc::clone(&self.ways)
    }

    /// Runs one read, of one moment of the database.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, OpError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = Arc::clone(&self.idle);
        let job = tokio::task::spawn_blocking(move || {
            let Some(connection) = lock(&idle).pop() else { return Err(StoreError::Closed) };
            let result = in_snapshot(&connection, read);
            lock(&idle).push(connection);
            drop(permit);
            result
        });
        job.await.unwrap_or_else(|_| Err(StoreError::Damaged("a read has panicked".to_owned())))
    }

    /// Waits for the reads that are under way and closes the connections.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        if let Ok(permits) = self.free.acquire_many(all).await {
            self.free.close();
            drop(permits);
        }
        lock(&self.idle).clear();
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_snapshot<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, OpError>,
) -> Result<T, StoreError> {
    let snapshot = connection.unchecked_transaction().map_err(|error| OpError::from(error).of_read())?;
    let result = read(connection);
    drop(snapshot);
    result.map_err(OpError::of_read)
}

fn open(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags, vfs)
        .map_err(|error| OpenError::Sqlite { path: path.to_owned(), what: describe(&error) })?;
    connection.set_prepared_statement_cache_capacity(32);
    pragmas::set_reader(&connection)?;
    // SQLite opens the log with the first read: it must not be one at a time when the process may open nothing more.
    let read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    read.map_err(|error| OpenError::Sqlite { path: path.to_owned(), what: describe(&error) })?;
    Ok(connection)
}
