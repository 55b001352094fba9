use async_trait::async_trait;

use super::StoreError;
use crate::audit::{AuditEntry, AuditFilter, AuditHead, AuditRow};

/// The audit: a chain of entries, to which one can only be appended.
///
/// Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Writes an entry of the audit.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError>;

    /// Entries of the audit, newest first.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError>;

    /// Entries of the audit as they are stored, oldest first, after the one with this number; none: from the first.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;

    /// Where the audit ends, as this store has written it: what is stored may have been changed by somebody else since.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_head(&self) -> Result<AuditHead, StoreError>;
}
