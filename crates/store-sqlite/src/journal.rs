//! What is written down beside the state: attempts.

use delivery::{LaneId, store::AttemptRow};
use rusqlite::{Connection, params};

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
