use super::Engine;
use crate::{
    audit::{AuditHead, AuditReport, ChainCheck},
    store::StoreError,
};

/// How many entries are read at one time.
const PAGE: u32 = 500;

impl Engine {
    /// Goes through the whole audit and says whether it is as it was written. `known`: a head that must be part of it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn verify_audit(&self, known: Option<AuditHead>) -> Result<AuditReport, StoreError> {
        // What is appended meanwhile comes behind it.
        let written = self.inner.store.audit_head().await?;
        let mut check = ChainCheck::new([written].into_iter().chain(known));
        let mut after = None;
        loop {
            let page = self.inner.store.audit_chain(after, PAGE).await?;
            page.iter().for_each(|entry| check.push(entry));
            match page.last() {
                Some(last) if !check.is_over() => after = Some(last.seq),
                _ => return Ok(check.finish(None)),
            }
        }
    }
}
