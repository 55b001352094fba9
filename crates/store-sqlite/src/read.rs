//! Queries on a read-only connection.

use std::{collections::BTreeSet, fmt::Write};

use canonical::UserId;
use delivery::{
    LaneId, RouteId,
    lane::Version,
    store::{LaneFilter, LaneRow, LaneStateFilter, LaneView, RouteCounts, UserSnapshot, WithoutIdentity},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use uuid::Uuid;

use crate::{
    codes::Coded,
    error::OpError,
    lanes::{self, COLUMN_COUNT},
    users,
    ways::Ways,
};

/// A user with its lanes.
pub(crate) fn user(
    connection: &Connection,
    ways: &Ways,
    id: UserId,
) -> Result<Option<UserSnapshot>, OpError> {
    let Some(user) = users::load(connection, &id)? else { return Ok(None) };
    let sql = format!("SELECT {} FROM lanes WHERE user_id = ?1 ORDER BY route_id", lanes::COLUMNS);
    let mut statement = connection.prepare_cached(&sql)?;
    let lanes: Vec<LaneRow> = statement
        .query_map([id.as_str()], |row| Ok(lanes::read(connection, ways, row)?.row))?
        .collect::<Result<_, _>>()?;
    Ok(Some(UserSnapshot { id, user, lanes }))
}

/// The routes at which another user has the subject.
pub(crate) fn taken(
    connection: &Connection,
    user: &UserId,
    keys: Vec<(RouteId, String)>,
) -> rusqlite::Result<Vec<RouteId>> {
    let mut taken = Vec::new();
    for (route, key) in keys {
        if is_taken(connection, route, &key, user)? {
            taken.push(route);
        }
    }
    Ok(taken)
}

/// Whether another user's lane has the subject at the route.
pub(crate) fn is_taken(
    connection: &Connection,
    route: RouteId,
    key: &str,
    user: &UserId,
) -> rusqlite::Result<bool> {
    const SELECT: &str = "SELECT 1 FROM lanes WHERE route_id = ?1 AND subject_key = ?2 AND user_id <> ?3";
    connection.prepare_cached(SELECT)?.exists(params![route.0, key, user.as_str()])
}

/// The lanes of a route whose person the vendor calls so.
pub(crate) fn with_witness(
    connection: &Connection,
    route: RouteId,
    witness: &str,
) -> rusqlite::Result<Vec<LaneId>> {
    const SELECT: &str =
        "SELECT lane_id FROM lanes INDEXED BY lane_witness WHERE route_id = ?1 AND witness = ?2";
    let mut statement = connection.prepare_cached(SELECT)?;
    statement.query_map(params![route.0, witness], |row| Ok(LaneId(row.get(0)?)))?.collect()
}

/// Lanes by state and route, in the order of their ids.
pub(crate) fn lanes(
    connection: &Connection,
    ways: &Ways,
    filter: &LaneFilter,
) -> Result<Vec<LaneView>, OpError> {
    let sql = format!(
        "SELECT {}, (SELECT ver FROM users WHERE user_id = lanes.user_id), \
         (SELECT update_id FROM updates WHERE update_id = (SELECT last_update FROM users WHERE user_id = lanes.user_id)) \
         FROM lanes WHERE lane_id = ?1",
        lanes::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let view = |row: &Row<'_>| {
        let found = lanes::read(connection, ways, row)?;
        let update: Option<[u8; 16]> = row.get(COLUMN_COUNT + 1)?;
        Ok(LaneView {
            user: found.user,
            row: found.row,
            version: row.get::<_, Option<i64>>(COLUMN_COUNT)?.unwrap_or(0).cast_unsigned(),
            update: update.map(Uuid::from_bytes),
        })
    };
    let page = page(connection, filter)?;
    Ok(page.into_iter().map(|id| statement.query_row([id], view)).collect::<Result<_, _>>()?)
}

/// The next lanes of a list, in their order. Each state has an index that holds nothing else and begins with the route: read route
/// by route, it costs a page however many lanes are in the state.
fn page(connection: &Connection, filter: &LaneFilter) -> rusqlite::Result<Vec<i64>> {
    let mut page = BTreeSet::new();
    if filter.states.is_empty() {
        page.extend(ids(connection, filter, filter.route.map(|route| route.0), "lanes", "true")?);
    }
    let routes = match filter.route {
        Some(route) => vec![route.0],
        None => route_ids(connection)?,
    };
    for state in &filter.states {
        let (index, condition) = of_state(*state);
        let lanes = format!("lanes INDEXED BY {index}");
        for route in &routes {
            page.extend(ids(connection, filter, Some(*route), &lanes, condition)?);
        }
    }
    Ok(page.into_iter().take(filter.limit as usize).collect())
}

fn route_ids(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("SELECT route_id FROM routes")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn of_state(state: LaneStateFilter) -> (&'static str, &'static str) {
    match state {
        LaneStateFilter::Pending => {
            ("lane_due", "(state = 1 OR state = 2 OR state = 3) AND dirty_since IS NOT NULL")
        }
        LaneStateFilter::InDoubt => {
            ("lane_due", "(state = 1 OR state = 2 OR state = 3) AND dirty_since IS NULL AND held IS NULL")
        }
        LaneStateFilter::Held => ("lane_held", "held IS NOT NULL"),
        LaneStateFilter::Blocked => ("lane_blocked", "state = 4"),
        LaneStateFilter::Keeps => ("lane_keeps", "keeps = 1"),
    }
}

/// The lanes that say what [`LaneFilter::matches`] says, at one route if one is given, as many as a page has.
fn ids(
    connection: &Connection,
    filter: &LaneFilter,
    route: Option<i64>,
    lanes: &str,
    condition: &str,
) -> rusqlite::Result<Vec<i64>> {
    let after = filter.after.map_or(0, |after| after.0);
    let user = filter.user.as_ref().map(UserId::as_str);
    let mut values: Vec<&dyn ToSql> = vec![&after, &filter.limit];
    let mut sql = format!("SELECT lane_id FROM {lanes} WHERE {condition} AND lane_id > ?1");
    let mut narrow = |value, condition: &str| {
        values.push(value);
        let _ = write!(sql, " AND {condition} ?{}", values.len());
    };
    if let Some(route) = &route {
        narrow(route, "route_id =");
    }
    if let Some(user) = &user {
        narrow(user, "user_id =");
    }
    if let Some(since) = &filter.since {
        narrow(since, "coalesce(dirty_since, (SELECT min(value ->> 'since') FROM json_each(held))) <=");
    }
    if !filter.reasons.is_empty() {
        let codes: Vec<String> = filter.reasons.iter().map(|reason| reason.code().to_string()).collect();
        let _ = write!(sql, " AND state = 4 AND why IN ({})", codes.join(", "));
    }
    sql.push_str(" ORDER BY lane_id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(values.as_slice(), |row| row.get(0))?.collect()
}

/// The greatest id of a lane.
pub(crate) fn last_lane(connection: &Connection) -> rusqlite::Result<Option<LaneId>> {
    let mut statement = connection.prepare_cached("SELECT max(lane_id) FROM lanes")?;
    Ok(statement.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(LaneId))
}

/// Living users for whom a route has no identity.
pub(crate) fn without_identity(
    connection: &Connection,
    wanted: &WithoutIdentity,
) -> rusqlite::Result<Vec<(UserId, Version)>> {
    const SQL: &str = "SELECT living.user_id, (SELECT ver FROM users WHERE user_id = living.user_id) \
         FROM users AS living INDEXED BY user_living WHERE erased_at IS NULL AND living.user_id > ?1 \
         AND NOT EXISTS (SELECT 1 FROM lanes WHERE lanes.user_id = living.user_id AND lanes.route_id = ?2 \
         AND state <> 5 AND NOT (state = 0 AND subject IS NULL AND dirty_since IS NULL)) \
         ORDER BY living.user_id LIMIT ?3";
    let after = wanted.after.as_ref().map_or("", UserId::as_str);
    let mut statement = connection.prepare_cached(SQL)?;
    let found = statement.query_map((after, wanted.route.0, wanted.limit), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    let found: Vec<(String, Version)> = found.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter_map(|(user, version)| Some((user.parse().ok()?, version))).collect())
}

/// How many lanes of a route stand how.
pub(crate) fn counts(connection: &Connection, route: RouteId) -> Result<RouteCounts, OpError> {
    const PENDING: &str = "SELECT count(*), min(dirty_since) FROM lanes INDEXED BY lane_due \
         WHERE (state = 1 OR state = 2 OR state = 3) AND route_id = ?1 AND dirty_since IS NOT NULL";
    const IN_DOUBT: &str = "SELECT count(*) FROM lanes INDEXED BY lane_due \
         WHERE (state = 1 OR state = 2 OR state = 3) AND route_id = ?1 AND dirty_since IS NULL AND held IS NULL";
    const HELD: &str =
        "SELECT count(*) FROM lanes INDEXED BY lane_held WHERE held IS NOT NULL AND route_id = ?1";
    const BLOCKED: &str =
        "SELECT count(*) FROM lanes INDEXED BY lane_blocked WHERE state = 4 AND route_id = ?1";
    const KEEPING: &str =
        "SELECT count(*) FROM lanes INDEXED BY lane_keeps WHERE keeps = 1 AND route_id = ?1";
    // Waiting, and failing alone; the rest of what is pending is counted by the index.
    const FAILING: &str = "SELECT count(*) FILTER (WHERE attempt > 0 AND last_class IS NOT NULL), \
         min(dirty_since) FILTER (WHERE NOT (attempt > 0 AND last_class IS NOT NULL)) FROM lanes INDEXED BY lane_due \
         WHERE (state = 2 OR state = 3) AND route_id = ?1 AND dirty_since IS NOT NULL";
    const OLDEST_READY: &str = "SELECT min(dirty_since) FROM lanes INDEXED BY lane_due \
         WHERE state = 1 AND route_id = ?1 AND dirty_since IS NOT NULL";
    const UNKNOWN: &str = "SELECT count(*) FROM lanes INDEXED BY lane_unknown \
         WHERE state = 0 AND subject IS NULL AND dirty_since IS NULL AND route_id = ?1";
    // A lane of a user who was erased is not counted, nor is the user.
    const LIVING: &str =
        "SELECT count(*) FROM users INDEXED BY user_living WHERE erased_at IS NULL AND ?1 > 0";
    const ALL: &str = "SELECT lanes FROM routes WHERE route_id = ?1";
    let number = |sql: &str| -> rusqlite::Result<u64> {
        let number =
            connection.prepare_cached(sql)?.query_row([route.0], |row| row.get::<_, i64>(0)).optional()?;
        Ok(number.unwrap_or(0).cast_unsigned())
    };
    let (pending, oldest_since) = connection
        .prepare_cached(PENDING)?
        .query_row([route.0], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let (failing, oldest_tried): (i64, Option<i64>) =
        connection.prepare_cached(FAILING)?.query_row([route.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let oldest_ready: Option<i64> =
        connection.prepare_cached(OLDEST_READY)?.query_row([route.0], |row| row.get(0))?;
    let lanes = number(ALL)?.saturating_sub(number(UNKNOWN)?);
    Ok(RouteCounts {
        lanes,
        pending: pending.cast_unsigned(),
        held: number(HELD)?,
        blocked: number(BLOCKED)?,
        keeping: number(KEEPING)?,
        in_doubt: number(IN_DOUBT)?,
        without_identity: number(LIVING)?.saturating_sub(lanes),
        failing: failing.cast_unsigned(),
        oldest_since,
        oldest_waiting_since: [oldest_tried, oldest_ready].into_iter().flatten().min(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lanes_of_a_state_at_a_route_are_read_in_order_and_not_sorted() {
        let mut connection = Connection::open_in_memory().expect("memory");
        crate::migrate::migrate(&mut connection, "memory".as_ref()).expect("a schema");
        for state in [LaneStateFilter::Keeps, LaneStateFilter::Held, LaneStateFilter::Blocked] {
            let (index, condition) = of_state(state);
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT lane_id FROM lanes INDEXED BY {index} \
                 WHERE {condition} AND lane_id > 7 AND route_id = 1 ORDER BY lane_id LIMIT 10"
            );
            let plan: String = connection.query_row(&sql, [], |row| row.get(3)).expect("one step");
            assert!(plan.contains("route_id=? AND rowid>?"), "{plan}");
        }
    }
}
