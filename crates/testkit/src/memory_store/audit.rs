use delivery::audit::{AuditEntry, AuditFilter, AuditHead, AuditRow};

use super::state::State;

impl State {
    pub(super) fn audit(&mut self, row: AuditRow) {
        let entry = AuditEntry::after(&self.audit_head(), row);
        self.audit.push(entry);
    }

    pub(super) fn audit_head(&self) -> AuditHead {
        self.audit.last().map_or(AuditHead::START, AuditEntry::head)
    }

    pub(super) fn audit_log(&self, filter: &AuditFilter) -> Vec<AuditEntry> {
        let found = self.audit.iter().rev().filter(|entry| filter.matches(entry));
        found.take(filter.limit as usize).cloned().collect()
    }

    pub(super) fn audit_chain(&self, after: Option<i64>, limit: u32) -> Vec<AuditEntry> {
        let found = self.audit.iter().filter(|entry| after.is_none_or(|after| entry.seq > after));
        found.take(limit as usize).cloned().collect()
    }
}
