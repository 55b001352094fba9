use delivery::{
    RouteId, decide,
    gate::Pause,
    store::{RegisteredRoute, RouteRegistration, StoreError},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{codes::Coded, error::OpError, events, op::PauseRoute, tx::Tx};

/// Gives each route its id: all of them, or none.
pub(crate) fn register(
    tx: &mut Tx<'_>,
    registrations: &[RouteRegistration],
) -> Result<Vec<RegisteredRoute>, OpError> {
    for route in registrations {
        if let Some(stored) = find(tx.connection, &route.name)? {
            refuse_changed(&stored, route)?;
        }
    }
    tx.savepoint(|tx| registrations.iter().map(|route| register_one(tx.connection, route)).collect())
}

struct Stored {
    id: RouteId,
    vendor: String,
    subject_kind: String,
    origin: String,
    mapping_revision: u64,
    pause: Option<Pause>,
    pass_due: bool,
    changes: u64,
    comparison: Option<String>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let reason = row.get::<_, Option<i64>>(5)?.and_then(Coded::of);
    let (probe_at, probes) = (row.get(6)?, row.get(7)?);
    Ok(Stored {
        id: RouteId(row.get(0)?),
        vendor: row.get(1)?,
        subject_kind: row.get(2)?,
        origin: row.get(3)?,
        mapping_revision: row.get::<_, i64>(4)?.cast_unsigned(),
        pause: reason.map(|reason| Pause { reason, probe_at, probes }),
        pass_due: row.get::<_, Option<i64>>(8)?.is_some(),
        changes: row.get::<_, i64>(9)?.cast_unsigned(),
        comparison: row.get(10)?,
    })
}

/// What the queries of routes select, in the order in which [`read`] takes it.
const COLUMNS: &str = "route_id, vendor, subject_kind, origin, mapping_revision, pause, probe_at, probes, pass_after, changes, \
     comparison";

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM routes WHERE name = ?1");
    connection.prepare_cached(&sql)?.query_row([name], read).optional()
}

fn find_by_id(connection: &Connection, id: RouteId) -> rusqlite::Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM routes WHERE route_id = ?1");
    connection.prepare_cached(&sql)?.query_row([id.0], read).optional()
}

fn refuse_changed(stored: &Stored, route: &RouteRegistration) -> Result<(), StoreError> {
    let pairs = [
        ("vendor", &stored.vendor, &route.vendor),
        ("subject kind", &stored.subject_kind, &route.subject_kind),
        ("origin", &stored.origin, &route.origin),
    ];
    let is_changed = |(what, old, new): &(&str, &String, &String)| {
        old != new && !(*what == "origin" && route.confirm_origin)
    };
    let Some((what, old, new)) = pairs.into_iter().find(is_changed) else { return Ok(()) };
    Err(StoreError::RouteChanged { name: route.name.clone(), what, old: old.clone(), new: new.clone() })
}

fn register_one(connection: &Connection, route: &RouteRegistration) -> Result<RegisteredRoute, OpError> {
    let Some(stored) = find(connection, &route.name)? else { return insert(connection, route) };
    let moves = stored.origin != route.origin;
    let changes = moves || stored.mapping_revision != route.mapping_revision;
    if changes {
        const UPDATE: &str = "UPDATE routes SET origin = ?2, mapping_revision = ?3, pass_after = 0, changes = changes + 1 WHERE route_id = ?1";
        // What a row of an older schema says, it says of the mapping and the place that there were.
        const UNKNOWN: &str = "UPDATE lanes SET old_acked = 0, old_floor = 0, old_times = NULL, \
             held = NULL, confirmed = iif(?2, NULL, confirmed) \
             WHERE route_id = ?1 AND old_acked IS NOT NULL";
        let revision = route.mapping_revision.cast_signed();
        connection.prepare_cached(UPDATE)?.execute(params![stored.id.0, route.origin, revision])?;
        connection.prepare_cached(UNKNOWN)?.execute(params![stored.id.0, moves])?;
    }
    let (id, name, pause) = (stored.id, route.name.clone(), stored.pause);
    let count = stored.changes + u64::from(changes);
    let keys_due = stored.comparison.as_ref() != Some(&route.comparison);
    Ok(RegisteredRoute { id, name, pause, changes: count, pass_due: changes || stored.pass_due, keys_due })
}

fn insert(connection: &Connection, route: &RouteRegistration) -> Result<RegisteredRoute, OpError> {
    const INSERT: &str = "INSERT INTO routes(name, vendor, subject_kind, origin, mapping_revision, comparison) VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
    let id = connection.prepare_cached(INSERT)?.insert(params![
        route.name,
        route.vendor,
        route.subject_kind,
        route.origin,
        route.mapping_revision.cast_signed(),
        route.comparison
    ])?;
    Ok(RegisteredRoute {
        id: RouteId(id),
        name: route.name.clone(),
        pause: None,
        changes: 0,
        pass_due: false,
        keys_due: false,
    })
}

/// Stores that a route is paused, or open again.
pub(crate) fn pause(tx: &mut Tx<'_>, command: &PauseRoute) -> Result<(), OpError> {
    const UPDATE: &str = "UPDATE routes SET pause = ?2, probe_at = ?3, probes = ?4 WHERE route_id = ?1";
    let Some(before) = find_by_id(tx.connection, command.route)?.map(|stored| stored.pause) else {
        return Ok(());
    };
    let pause = command.pause;
    tx.connection.prepare_cached(UPDATE)?.execute(params![
        command.route.0,
        pause.map(|pause| pause.reason.code()),
        pause.and_then(|pause| pause.probe_at),
        pause.map_or(0, |pause| pause.probes)
    ])?;
    let entry = decide::pause_audit(command.route, before.as_ref(), pause.as_ref(), &command.by, command.now);
    if let Some(entry) = entry {
        tx.audit(entry)?;
    }
    let event = decide::pause_event(command.route, before.as_ref(), pause.as_ref(), command.now);
    if let Some(event) = event {
        events::write(tx.connection, &event)?;
    }
    Ok(())
}
