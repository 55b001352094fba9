//! Events for operators: kept until there are too many, whoever has been told of them.

use delivery::{
    RouteId, decide,
    event::{Condition, Event, EventKind, EventRow, Facts, MOST_KEPT},
    store::Note,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{error::OpError, tx::Tx};

/// Writes an event, and removes the oldest of too many.
pub(crate) fn write(connection: &Connection, event: &EventRow) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO events(at, kind, route_id, facts) VALUES(?1, ?2, ?3, ?4)";
    const TOO_MANY: &str = "DELETE FROM events WHERE seq <= ?1";
    let values = params![event.at, event.kind.name(), event.route.0, text_of(&event.facts)?];
    let seq = connection.prepare_cached(INSERT)?.insert(values)?;
    connection.prepare_cached(TOO_MANY)?.execute([seq - MOST_KEPT])?;
    Ok(())
}

fn text_of(facts: &Facts) -> rusqlite::Result<String> {
    serde_json::to_string(facts).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The facts of a condition; none of one that an older schema has, or that cannot be read.
fn facts_of(text: Option<&str>) -> Facts {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Notes whether a condition lasts; whether that is new.
pub(crate) fn note(tx: &mut Tx<'_>, note: &Note) -> Result<bool, OpError> {
    const FIND: &str = "SELECT facts FROM conditions WHERE route_id = ?1 AND condition = ?2";
    const BEGIN: &str = "INSERT INTO conditions(route_id, condition, since, facts) VALUES(?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET facts = excluded.facts";
    const END: &str = "DELETE FROM conditions WHERE route_id = ?1 AND condition = ?2";
    let (route, condition) = (note.route.0, note.condition.name());
    let facts = |row: &Row<'_>| Ok(facts_of(row.get_ref(0)?.as_str_or_null()?));
    let lasted =
        tx.connection.prepare_cached(FIND)?.query_row(params![route, condition], facts).optional()?;
    let Some(event) = decide::note_event(lasted.as_ref(), note) else { return Ok(false) };
    tx.savepoint(|tx| {
        if note.lasts {
            tx.connection.prepare_cached(BEGIN)?.execute(params![
                route,
                condition,
                note.now,
                text_of(&note.facts)?
            ])?;
        } else {
            tx.connection.prepare_cached(END)?.execute(params![route, condition])?;
        }
        write(tx.connection, &event)?;
        Ok(true)
    })
}

/// The number of the last event that a webhook has been told; a new one begins at the end.
pub(crate) fn subscribe(tx: &mut Tx<'_>, webhook: &str) -> Result<i64, OpError> {
    const INSERT: &str = "INSERT INTO webhooks(name, told) \
         VALUES(?1, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)) ON CONFLICT DO NOTHING";
    const SELECT: &str = "SELECT told FROM webhooks WHERE name = ?1";
    tx.connection.prepare_cached(INSERT)?.execute([webhook])?;
    Ok(tx.connection.prepare_cached(SELECT)?.query_row([webhook], |row| row.get(0))?)
}

/// Notes what a webhook has been told.
pub(crate) fn told(tx: &mut Tx<'_>, (webhook, seq): &(String, i64)) -> Result<(), OpError> {
    const UPDATE: &str = "UPDATE webhooks SET told = max(told, ?2) WHERE name = ?1";
    tx.connection.prepare_cached(UPDATE)?.execute(params![webhook, seq])?;
    Ok(())
}

/// Events, oldest first, after the one with this number. One that cannot be read is left out.
pub(crate) fn list(connection: &Connection, after: i64, limit: u32) -> rusqlite::Result<Vec<Event>> {
    const SELECT: &str = "SELECT seq, event_id, at, kind, name, vendor, facts FROM events JOIN routes USING(route_id) \
         WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = connection.prepare_cached(SELECT)?;
    let events = statement.query_map(params![after, limit], read)?.collect::<Result<Vec<_>, _>>()?;
    Ok(events.into_iter().flatten().collect())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Event>> {
    let kind = EventKind::of_name(row.get_ref(3)?.as_str()?);
    let facts: Option<Facts> = serde_json::from_str(row.get_ref(6)?.as_str()?).ok();
    let (Some(kind), Some(facts)) = (kind, facts) else { return Ok(None) };
    Ok(Some(Event {
        seq: row.get(0)?,
        id: Uuid::from_bytes(row.get(1)?),
        at: row.get(2)?,
        kind,
        route: row.get(4)?,
        vendor: row.get(5)?,
        facts,
    }))
}

/// What is the matter with which route.
pub(crate) fn conditions(connection: &Connection) -> rusqlite::Result<Vec<(RouteId, Condition, Facts)>> {
    const SELECT: &str = "SELECT route_id, condition, facts FROM conditions ORDER BY route_id, condition";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map([], |row| {
        let condition = Condition::of_name(row.get_ref(1)?.as_str()?);
        let route = RouteId(row.get(0)?);
        let facts = facts_of(row.get_ref(2)?.as_str_or_null()?);
        Ok(condition.map(|condition| (route, condition, facts)))
    })?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}
