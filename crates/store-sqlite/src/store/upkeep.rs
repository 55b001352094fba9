use async_trait::async_trait;
use delivery::store::{StoreError, Sweep, Upkeep};

use super::SqliteStore;
use crate::op::{Op, Other};

#[async_trait]
impl Upkeep for SqliteStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Check(reply))).await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            match self.ask(|reply| Op::Other(Other::Sweep(sweep, reply))).await? {
                0 => return Ok(removed),
                rows => removed += rows,
            }
        }
    }

    async fn close(&self) {
        self.readers.close().await;
        self.queue.close();
        // Ends, always with an error, when the writer drops its side.
        drop(self.ended.clone().changed().await);
    }
}
