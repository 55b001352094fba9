use async_trait::async_trait;

use super::{StoreError, Sweep};

/// Keeps the store in order.
///
/// Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Proves that the store can write.
    ///
    /// # Errors
    /// When it cannot.
    async fn check(&self) -> Result<(), StoreError>;

    /// Removes what has been kept long enough; answers how many rows.
    ///
    /// # Errors
    /// When the store fails.
    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError>;

    /// Commits what is under way and closes; every later call fails with [`StoreError::Closed`].
    async fn close(&self);
}
