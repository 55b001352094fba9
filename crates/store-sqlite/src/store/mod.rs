mod audit;
mod lanes;
mod outbox;
mod reads;
mod upkeep;

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use delivery::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::{
    error::OpError,
    failure::Failure,
    meter::Footprint,
    op::{Op, Reply},
    open,
    options::{OpenError, Options},
    queue::Queue,
    reader::Readers,
    tx::SharedHead,
};

/// The delivery store in one SQLite file.
///
/// Closed by [`Upkeep::close`](delivery::store::Upkeep::close); dropping it does the same and blocks for the moment that it takes.
#[derive(Debug)]
pub struct SqliteStore {
    queue: Arc<Queue>,
    readers: Readers,
    failure: Failure,
    audit_head: Arc<SharedHead>,
    thread: Mutex<Option<JoinHandle<()>>>,
    ended: watch::Receiver<()>,
    path: PathBuf,
    /// The last field: it is closed after the connections.
    _file: Arc<File>,
}

impl SqliteStore {
    /// Opens the file, creates it when it does not exist, and starts the writer.
    ///
    /// # Errors
    /// Why it cannot be opened, and what to do.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let open::Parts { queue, readers, failure, writer, path, file } = open::open(options)?;
        let audit_head = Arc::clone(&writer.memory.audit_head);
        let (end, ended) = watch::channel(());
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            writer.run();
            drop(end);
        });
        let thread = thread.map_err(|cause| OpenError::Io { path: path.clone(), cause })?;
        Ok(Self {
            queue,
            readers,
            failure,
            audit_head,
            thread: Mutex::new(Some(thread)),
            ended,
            path,
            _file: file,
        })
    }

    /// Waits until the store has failed for good and answers why: what was said to be unknown can be found out only by a new
    /// process, so this one should end.
    pub async fn failed(&self) -> String {
        self.failure.happened().await
    }

    /// What the store takes now.
    pub fn footprint(&self) -> Footprint {
        Footprint::of(&self.path, self.queue.len())
    }

    async fn ask<T>(&self, op: impl FnOnce(Reply<T>) -> Op) -> Result<T, StoreError> {
        self.failure.check()?;
        let (reply, answer) = oneshot::channel();
        self.queue.push(op(reply)).await?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, OpError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.failure.check()?;
        self.readers.read(read).await
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the store's writer has panicked");
        }
    }
}
