//! The audit: entries that are appended, read, and never changed.

use delivery::{
    RouteId,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditKind, AuditReport, ChainCheck},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::op::PAGE;

/// What the queries of entries select, in the order in which [`read`] takes it.
const COLUMNS: &str = "seq, at, who, kind, route_id, detail, hash";

/// Writes an entry that was made behind the present head.
pub(crate) fn append(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    const INSERT: &str =
        "INSERT INTO audit(seq, at, who, kind, route_id, detail, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(INSERT)?.execute(params![
        entry.seq,
        entry.at,
        entry.who,
        entry.kind,
        entry.route.map(|route| route.0),
        entry.detail,
        entry.hash.as_slice()
    ])?;
    Ok(())
}

/// Where the audit ends. Where the end was cut off, the next entry gets the number behind the last one that was ever given, so
/// that the gap stays.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<AuditHead> {
    let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY seq DESC LIMIT 1");
    let head =
        connection.query_row(&sql, [], read).optional()?.map_or(AuditHead::START, |entry| entry.head());
    Ok(AuditHead { seq: head.seq.max(last_given(connection)?), ..head })
}

/// The highest number that an entry ever had.
fn last_given(connection: &Connection) -> rusqlite::Result<i64> {
    const SELECT: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'";
    Ok(connection.query_row(SELECT, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Entries, newest first.
pub(crate) fn list(connection: &Connection, filter: &AuditFilter) -> rusqlite::Result<Vec<AuditEntry>> {
    let of_kind = match filter.kind {
        // As the index has it, which is then used.
        Some(kind) if kind != AuditKind::Identity => "kind = ?2 AND kind <> 'identity'",
        _ => "(?2 IS NULL OR kind = ?2)",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM audit WHERE seq < ?1 AND {of_kind} AND (?3 IS NULL OR route_id = ?3) \
         AND (?4 IS NULL OR at >= ?4) ORDER BY seq DESC LIMIT ?5"
    );
    let kind = filter.kind.map(AuditKind::name);
    let (before, route) = (filter.before.unwrap_or(i64::MAX), filter.route.map(|route| route.0));
    let values = params![before, kind, route, filter.since, filter.limit];
    connection.prepare_cached(&sql)?.query_map(values, read)?.collect()
}

/// Entries, oldest first, after the one with this number.
pub(crate) fn chain(
    connection: &Connection,
    after: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<AuditEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    connection.prepare_cached(&sql)?.query_map(params![after.unwrap_or(i64::MIN), limit], read)?.collect()
}

/// Goes through the whole audit and says whether it is as it was written.
pub(crate) fn verify(connection: &Connection, known: Option<AuditHead>) -> rusqlite::Result<AuditReport> {
    let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY seq");
    let mut check = ChainCheck::new(known);
    // Before the entries are read: a gateway may be writing others.
    let last_given = last_given(connection)?;
    for entry in connection.prepare(&sql)?.query_map([], read)? {
        check.push(&entry?);
    }
    Ok(check.finish(Some(last_given)))
}

/// Gives every entry its hash: those of an older schema have none.
pub(crate) fn hash_all(connection: &Connection) -> rusqlite::Result<()> {
    let mut head = AuditHead::START;
    loop {
        let page = chain(connection, Some(head.seq), PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        for entry in page {
            let hash = entry.hash_after(&head.hash);
            let mut update = connection.prepare_cached("UPDATE audit SET hash = ?2 WHERE seq = ?1")?;
            update.execute(params![entry.seq, hash.as_slice()])?;
            head = AuditHead { seq: entry.seq, hash };
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get(0)?,
        at: row.get(1)?,
        who: row.get(2)?,
        kind: row.get(3)?,
        route: row.get::<_, Option<i64>>(4)?.map(RouteId),
        detail: row.get(5)?,
        // What is no hash is not the hash that the entry must have, either.
        hash: row.get_ref(6)?.as_blob().ok().and_then(|hash| hash.try_into().ok()).unwrap_or_default(),
    })
}
