use std::collections::{BTreeMap, BTreeSet};

use canonical::{Leaf, UserId};
use delivery::{
    TraceContext,
    lane::{Confirmations, Confirmed, Lane, State},
    store::{LaneId, LaneRow, RouteId},
};
use rusqlite::{Connection, ToSql, params};
use serde::Serialize;
use serde_json::Value as JsonValue;

use crate::codes::{self, Coded};

const INSERT: &str = "INSERT INTO lanes(route_id, user_id, state, why, why_leaves, prio, next_at, want_ver, sent_ver, \
     acked_ver, floor_ver, suspect_until, last_send_at, epoch, attempt, step_ver, step_leaf, held, again, subject, \
     subject_key, pinned, witness, confirmed, unverified, last_class, last_status, first_fail_at, dirty_since, \
     confirmations, trace) VALUES(?30, ?31, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
     ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)";

const UPDATE: &str = "UPDATE lanes SET state=?1, why=?2, why_leaves=?3, prio=?4, next_at=?5, want_ver=?6, sent_ver=?7, \
     acked_ver=?8, floor_ver=?9, suspect_until=?10, last_send_at=?11, epoch=?12, attempt=?13, step_ver=?14, \
     step_leaf=?15, held=?16, again=?17, subject=?18, subject_key=?19, pinned=?20, witness=?21, confirmed=?22, \
     unverified=?23, last_class=?24, last_status=?25, first_fail_at=?26, dirty_since=?27, \
     confirmations=?28, trace=?29 WHERE lane_id=?30";

/// What changes with every attempt. SQLite takes an entry out of each index that a statement's columns could touch and puts it
/// in again, whether its value is another one or not: the index of the subjects, of which each route has a page of its own,
/// is left alone by this one.
const UPDATE_PROGRESS: &str = "UPDATE lanes SET state=?1, why=?2, prio=?3, next_at=?4, want_ver=?5, sent_ver=?6, \
     acked_ver=?7, floor_ver=?8, suspect_until=?9, last_send_at=?10, epoch=?11, attempt=?12, last_class=?13, \
     last_status=?14, first_fail_at=?15, dirty_since=?16, confirmations=?17, trace=?18 WHERE lane_id=?19";

/// Writes a lane; a new one gets its id. `stored` is the lane as the database has it, if that is known.
pub(crate) fn write(
    connection: &Connection,
    user: &UserId,
    row: &mut LaneRow,
    stored: Option<&LaneRow>,
) -> rusqlite::Result<()> {
    match row.id {
        None => {
            row.id = Some(LaneId(insert(connection, user, row)?));
            count(connection, row.route, 1)?;
        }
        Some(id) if stored.is_some_and(|stored| is_progress(&stored.lane, &row.lane)) => {
            update_progress(connection, id, &row.lane)?;
        }
        Some(id) => {
            let was_erased = match stored {
                Some(stored) => stored.lane.state == State::Erased,
                None => is_erased(connection, id)?,
            };
            update(connection, id, &row.lane)?;
            let is_erased = row.lane.state == State::Erased;
            if was_erased != is_erased {
                count(connection, row.route, if is_erased { -1 } else { 1 })?;
            }
        }
    }
    Ok(())
}

/// Keeps the number of a route's lanes that are not erased.
fn count(connection: &Connection, route: RouteId, more: i64) -> rusqlite::Result<()> {
    const COUNT: &str = "UPDATE routes SET lanes = lanes + ?2 WHERE route_id = ?1";
    connection.prepare_cached(COUNT)?.execute(params![route.0, more]).map(drop)
}

fn is_erased(connection: &Connection, id: LaneId) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached("SELECT state FROM lanes WHERE lane_id = ?1")?;
    Ok(statement.query_row([id.0], |row| row.get::<_, i64>(0))? == codes::ERASED)
}

/// Whether nothing but what [`UPDATE_PROGRESS`] writes has changed. Erasing a lane is more than progress: it is counted.
fn is_progress(stored: &Lane, lane: &Lane) -> bool {
    let Lane {
        held,
        blocked_leaves,
        step,
        again,
        subject,
        subject_key,
        pinned,
        witness,
        confirmed,
        unverified,
        state: _,
        next_at: _,
        priority: _,
        want: _,
        sent: _,
        acked: _,
        floor: _,
        suspect_until: _,
        last_send_at: _,
        epoch: _,
        attempt: _,
        last_class: _,
        last_status: _,
        first_fail_at: _,
        dirty_since: _,
        confirmations: _,
        trace: _,
    } = lane;
    (lane.state == State::Erased) == (stored.state == State::Erased)
        && *held == stored.held
        && *blocked_leaves == stored.blocked_leaves
        && *step == stored.step
        && *again == stored.again
        && *subject == stored.subject
        && *subject_key == stored.subject_key
        && *pinned == stored.pinned
        && *witness == stored.witness
        && *confirmed == stored.confirmed
        && *unverified == stored.unverified
}

fn update_progress(connection: &Connection, id: LaneId, lane: &Lane) -> rusqlite::Result<()> {
    let (state, why) = codes::of_state(lane.state);
    connection.prepare_cached(UPDATE_PROGRESS)?.execute(params![
        state,
        why,
        lane.priority.code(),
        lane.next_at,
        number(lane.want),
        number(lane.sent),
        number(lane.acked),
        number(lane.floor),
        lane.suspect_until,
        lane.last_send_at,
        number(lane.epoch),
        lane.attempt,
        lane.last_class.map(Coded::code),
        lane.last_status,
        lane.first_fail_at,
        lane.dirty_since,
        confirmations_bytes(&lane.confirmations),
        lane.trace.map(TraceContext::to_bytes),
        id.0,
    ])?;
    Ok(())
}

fn update(connection: &Connection, id: LaneId, lane: &Lane) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(UPDATE)?;
    with_columns(lane, |columns| statement.execute(&*[columns, &[&id.0]].concat()).map(drop))
}

fn insert(connection: &Connection, user: &UserId, row: &LaneRow) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached(INSERT)?;
    with_columns(&row.lane, |columns| statement.insert(&*[columns, &[&row.route.0, &user.as_str()]].concat()))
}

/// Hands over the columns in the order of [`UPDATE`] and [`INSERT`].
fn with_columns<T>(
    lane: &Lane,
    then: impl FnOnce(&[&dyn ToSql]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let (state, why) = codes::of_state(lane.state);
    let why_leaves = json_text(&lane.blocked_leaves, lane.blocked_leaves.is_empty())?;
    let held = json_text(&lane.held, lane.held.is_empty())?;
    let unverified = json_text(&lane.unverified, lane.unverified.is_empty())?;
    let confirmed = confirmed_text(&lane.confirmed)?;
    let step_leaf = lane.step.as_ref().and_then(|(_, leaf)| leaf.as_ref()).map(Leaf::name);
    then(params![
        state,
        why,
        why_leaves,
        lane.priority.code(),
        lane.next_at,
        number(lane.want),
        number(lane.sent),
        number(lane.acked),
        number(lane.floor),
        lane.suspect_until,
        lane.last_send_at,
        number(lane.epoch),
        lane.attempt,
        lane.step.as_ref().map(|(version, _)| number(*version)),
        step_leaf,
        held,
        lane.again.code(),
        lane.subject,
        lane.subject_key,
        lane.pinned,
        lane.witness,
        confirmed,
        unverified,
        lane.last_class.map(Coded::code),
        lane.last_status,
        lane.first_fail_at,
        lane.dirty_since,
        confirmations_bytes(&lane.confirmations),
        lane.trace.map(TraceContext::to_bytes),
    ])
}

/// How what a vendor holds is stored: which of the two it is cannot be told from a list.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Stored<'a> {
    Members(&'a BTreeSet<String>),
    Value(&'a JsonValue),
}

fn confirmed_text(confirmed: &BTreeMap<Leaf, Confirmed>) -> rusqlite::Result<Option<String>> {
    let stored = confirmed.iter().map(|(leaf, confirmed)| {
        let stored = match confirmed {
            Confirmed::Members(members) => Stored::Members(members),
            Confirmed::Value(value) => Stored::Value(value),
        };
        (leaf.name(), stored)
    });
    json_text(&stored.collect::<BTreeMap<_, _>>(), confirmed.is_empty())
}

/// Each entry's version and time, eight bytes each, the highest first; none without an entry.
fn confirmations_bytes(confirmations: &Confirmations) -> Option<Vec<u8>> {
    let entries = confirmations.entries();
    let bytes =
        || entries.iter().flat_map(|(version, at)| [version.to_be_bytes(), at.to_be_bytes()].concat());
    (!entries.is_empty()).then(|| bytes().collect())
}

fn json_text<T: Serialize>(value: &T, is_empty: bool) -> rusqlite::Result<Option<String>> {
    if is_empty {
        return Ok(None);
    }
    let text = serde_json::to_string(value);
    text.map(Some).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Versions and epochs grow by one at a time: they stay far below 2⁶³.
pub(crate) fn number(version: u64) -> i64 {
    version.cast_signed()
}
