use async_trait::async_trait;
use delivery::{
    audit::{AuditEntry, AuditFilter, AuditHead, AuditRow},
    store::{Audit, StoreError},
};

use super::SqliteStore;
use crate::{
    audit,
    op::{Op, Other},
};

#[async_trait]
impl Audit for SqliteStore {
    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Audit(entry, reply))).await
    }

    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| Ok(audit::list(connection, &filter)?)).await
    }

    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| Ok(audit::chain(connection, after, limit)?)).await
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.failure.check()?;
        Ok(self.audit_head.get())
    }
}
