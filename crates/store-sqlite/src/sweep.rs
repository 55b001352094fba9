use delivery::{event::KEPT_FOR, store::Sweep};
use rusqlite::params;

use crate::{error::OpError, op::PAGE, tx::Tx};

// Ids of updates and attempts grow with time, so that the oldest come first without an index on the time.
const UPDATES: &str = "DELETE FROM updates WHERE update_id IN (SELECT update_id FROM \
     (SELECT update_id, at FROM updates ORDER BY update_id LIMIT ?2) WHERE at < ?1)";
const ATTEMPTS: &str = "DELETE FROM attempts WHERE attempt_id IN (SELECT attempt_id FROM \
     (SELECT attempt_id, at FROM attempts ORDER BY attempt_id LIMIT ?2) WHERE at < ?1)";
const KEYS: &str = "DELETE FROM idempotency WHERE (caller, key_mac) IN (SELECT caller, key_mac FROM idempotency \
     WHERE expires_at <= ?1 LIMIT ?2)";
const EVENTS: &str = "DELETE FROM events WHERE seq IN (SELECT seq FROM \
     (SELECT seq, at FROM events ORDER BY seq LIMIT ?2) WHERE at < ?1)";

/// Removes one page of what is too old; answers how many rows.
pub(crate) fn sweep(tx: &mut Tx<'_>, sweep: &Sweep) -> Result<u64, OpError> {
    let mut removed = 0;
    for (sql, bound) in [
        (UPDATES, sweep.updates_before),
        (ATTEMPTS, sweep.attempts_before),
        (KEYS, sweep.now),
        (EVENTS, sweep.now - KEPT_FOR),
    ] {
        removed += tx.connection.prepare_cached(sql)?.execute(params![bound, PAGE])?;
    }
    Ok(removed as u64)
}
