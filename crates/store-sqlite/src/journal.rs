//! What is written down beside the state: attempts and the audit.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use delivery::store::{AttemptRow, AuditRow, LaneId, RouteId};
use rusqlite::{Connection, Row, params};

use crate::{codes::Coded, lanes::number};

/// Writes an attempt.
pub(crate) fn write_attempt(
    connection: &Connection,
    lane: LaneId,
    attempt: &AttemptRow,
) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO attempts(lane_id, at, sent_ver, class, status, took, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(INSERT)?.execute(params![
        lane.0,
        attempt.at,
        number(attempt.sent),
        attempt.class.map(Coded::code),
        attempt.status,
        attempt.took,
        attempt.detail
    ])?;
    Ok(())
}

/// The latest attempts of a lane, newest first.
pub(crate) fn attempts(
    connection: &Connection,
    lane: LaneId,
    limit: u32,
) -> rusqlite::Result<Vec<AttemptRow>> {
    const SELECT: &str = "SELECT at, sent_ver, class, status, took, detail FROM attempts WHERE lane_id = ?1 \
         ORDER BY attempt_id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map(params![lane.0, limit], |row| {
        Ok(AttemptRow {
            at: row.get(0)?,
            sent: row.get::<_, i64>(1)?.cast_unsigned(),
            class: row.get::<_, Option<i64>>(2)?.and_then(Coded::of),
            status: row.get(3)?,
            took: row.get(4)?,
            detail: row.get(5)?,
        })
    })?;
    rows.collect()
}

/// Writes an entry of the audit.
pub(crate) fn write_audit(connection: &Connection, entry: &AuditRow) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO audit(at, who, kind, route_id, detail) VALUES(?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(INSERT)?.execute(params![
        entry.at,
        entry.who,
        entry.kind,
        entry.route.map(|route| route.0),
        entry.detail
    ])?;
    Ok(())
}

/// The newest entries of the audit.
pub(crate) fn audit(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<AuditRow>> {
    const SELECT: &str = "SELECT at, who, kind, route_id, detail FROM audit ORDER BY seq DESC LIMIT ?1";
    let mut statement = connection.prepare_cached(SELECT)?;
    statement.query_map([limit], read_audit)?.collect()
}

fn read_audit(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        at: row.get(0)?,
        who: row.get(1)?,
        kind: kind(row.get_ref(2)?.as_str()?),
        route: row.get::<_, Option<i64>>(3)?.map(RouteId),
        detail: row.get(4)?,
    })
}

/// The kind as text that lives as long as the process. Kinds are words of the program's own, a few dozen at most.
fn kind(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kind) = known.get(text) {
        return kind;
    }
    let kind: &'static str = Box::leak(text.into());
    known.insert(kind);
    kind
}
