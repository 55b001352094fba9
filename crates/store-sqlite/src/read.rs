//! Queries on a read-only connection.

use std::fmt::Write;

use canonical::UserId;
use delivery::store::{
    LaneFilter, LaneId, LaneRow, LaneStateFilter, LaneView, RouteCounts, RouteId, UserSnapshot,
};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use uuid::Uuid;

use crate::{
    codes::Coded,
    error::OpError,
    lanes::{self, COLUMN_COUNT},
    users,
};

/// A user with its lanes.
pub(crate) fn user(connection: &Connection, id: UserId) -> Result<Option<UserSnapshot>, OpError> {
    let Some(user) = users::load(connection, &id)? else { return Ok(None) };
    let sql = format!("SELECT {} FROM lanes WHERE user_id = ?1 ORDER BY route_id", lanes::COLUMNS);
    let mut statement = connection.prepare_cached(&sql)?;
    let lanes: Vec<LaneRow> =
        statement.query_map([id.as_str()], |row| Ok(lanes::read(row)?.row))?.collect::<Result<_, _>>()?;
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

/// Lanes by state and route, in the order of their ids.
pub(crate) fn lanes(connection: &Connection, filter: &LaneFilter) -> Result<Vec<LaneView>, OpError> {
    let after = filter.after.map_or(0, |after| after.0);
    let route = filter.route.map(|route| route.0);
    let user = filter.user.as_ref().map(UserId::as_str);
    let mut values: Vec<&dyn ToSql> = vec![&after, &filter.limit];
    let mut rest = String::from("lane_id > ?1");
    let mut narrow = |value, condition: &str| {
        values.push(value);
        let _ = write!(rest, " AND {condition} ?{}", values.len());
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
    let sql = format!(
        "SELECT {}, (SELECT ver FROM users WHERE user_id = lanes.user_id), \
         (SELECT update_id FROM updates WHERE update_id = (SELECT last_update FROM users WHERE user_id = lanes.user_id)) \
         FROM lanes WHERE {} ORDER BY lane_id LIMIT ?2",
        lanes::COLUMNS,
        in_states(filter, rest)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values.as_slice(), |row| {
        let found = lanes::read(row)?;
        let update: Option<[u8; 16]> = row.get(COLUMN_COUNT + 1)?;
        Ok(LaneView {
            user: found.user,
            row: found.row,
            version: row.get::<_, Option<i64>>(COLUMN_COUNT)?.unwrap_or(0).cast_unsigned(),
            update: update.map(Uuid::from_bytes),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The greatest id of a lane.
pub(crate) fn last_lane(connection: &Connection) -> rusqlite::Result<Option<LaneId>> {
    let mut statement = connection.prepare_cached("SELECT max(lane_id) FROM lanes")?;
    Ok(statement.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(LaneId))
}

/// One sub-query per state, each on the index that holds nothing else; with the other conditions it says what
/// [`LaneFilter::matches`] says.
fn in_states(filter: &LaneFilter, mut rest: String) -> String {
    if !filter.reasons.is_empty() {
        let codes: Vec<String> = filter.reasons.iter().map(|reason| reason.code().to_string()).collect();
        let _ = write!(rest, " AND state = 4 AND why IN ({})", codes.join(", "));
    }
    if filter.states.is_empty() {
        return rest;
    }
    const PENDING: &str = "(state = 1 OR state = 2 OR state = 3) AND dirty_since IS NOT NULL";
    const IN_DOUBT: &str = "(state = 1 OR state = 2 OR state = 3) AND dirty_since IS NULL AND held IS NULL";
    let of_state = |state: &LaneStateFilter| {
        let (index, state) = match state {
            LaneStateFilter::Pending => ("lane_due", PENDING),
            LaneStateFilter::Held => ("lane_held", "held IS NOT NULL"),
            LaneStateFilter::Blocked => ("lane_blocked", "state = 4"),
            LaneStateFilter::InDoubt => ("lane_due", IN_DOUBT),
        };
        format!("SELECT lane_id FROM lanes INDEXED BY {index} WHERE {state} AND {rest}")
    };
    let states: Vec<String> = filter.states.iter().map(of_state).collect();
    format!("lane_id IN ({} ORDER BY lane_id LIMIT ?2)", states.join(" UNION "))
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
    const ALL: &str = "SELECT lanes FROM routes WHERE route_id = ?1";
    let number = |sql: &str| -> rusqlite::Result<u64> {
        let number =
            connection.prepare_cached(sql)?.query_row([route.0], |row| row.get::<_, i64>(0)).optional()?;
        Ok(number.unwrap_or(0).cast_unsigned())
    };
    let (pending, oldest_since) = connection
        .prepare_cached(PENDING)?
        .query_row([route.0], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    Ok(RouteCounts {
        lanes: number(ALL)?,
        pending: pending.cast_unsigned(),
        held: number(HELD)?,
        blocked: number(BLOCKED)?,
        in_doubt: number(IN_DOUBT)?,
        oldest_since,
    })
}
