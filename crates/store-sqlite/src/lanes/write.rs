use std::collections::{BTreeMap, BTreeSet};

use adapter::Fingerprint;
use canonical::{Leaf, UserId};
use delivery::{
    LaneId, Millis, RouteId, TraceContext,
    lane::{Confirmed, Lane, State, Version},
    store::LaneRow,
};
use rusqlite::{Connection, ToSql, params};
use serde::Serialize;
use serde_json::Value as JsonValue;

use super::slots;
use crate::{
    codes::{self, Coded},
    ways::Ways,
};

const INSERT: &str = "INSERT INTO lanes(state, why, why_leaves, prio, next_at, revision, slots, keeps, known_since, \
     suspect_until, last_send_at, epoch, attempt, isolating_since, place, held, again, subject, subject_key, pinned, witness, \
     confirmed, unverified, last_class, last_status, first_fail_at, dirty_since, blind, trace, old_acked, old_floor, old_times, \
     route_id, user_id) \
     VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, \
     ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)";

const UPDATE: &str = "UPDATE lanes SET state=?1, why=?2, why_leaves=?3, prio=?4, next_at=?5, revision=?6, slots=?7, keeps=?8, \
     known_since=?9, suspect_until=?10, last_send_at=?11, epoch=?12, attempt=?13, isolating_since=?14, place=?15, held=?16, again=?17, \
     subject=?18, subject_key=?19, pinned=?20, witness=?21, confirmed=?22, unverified=?23, last_class=?24, last_status=?25, \
     first_fail_at=?26, dirty_since=?27, blind=?28, trace=?29, old_acked=?30, old_floor=?31, old_times=?32 \
     WHERE lane_id=?33";

/// What changes with every attempt. SQLite takes an entry out of each index that a statement's columns could touch and puts it
/// in again, whether its value is another one or not: the index of the subjects, of which each route has a page of its own,
/// is left alone by this one.
const UPDATE_PROGRESS: &str = "UPDATE lanes SET state=?1, why=?2, prio=?3, next_at=?4, revision=?5, slots=?6, suspect_until=?7, \
     last_send_at=?8, epoch=?9, attempt=?10, last_class=?11, last_status=?12, first_fail_at=?13, dirty_since=?14, place=?15, \
     trace=?16 WHERE lane_id=?17";

/// Writes a lane; a new one gets its id. `stored` is the lane as the database has it, if that is known.
pub(crate) fn write(
    connection: &Connection,
    ways: &Ways,
    user: &UserId,
    row: &mut LaneRow,
    stored: Option<&LaneRow>,
) -> rusqlite::Result<()> {
    match row.id {
        None => {
            row.id = Some(LaneId(insert(connection, ways, user, row)?));
            count(connection, row.route, 1)?;
        }
        Some(id) if stored.is_some_and(|stored| is_progress(&stored.lane, &row.lane)) => {
            update_progress(connection, ways, id, &row.lane)?;
        }
        Some(id) => {
            let was_erased = match stored {
                Some(stored) => stored.lane.state == State::Erased,
                None => is_erased(connection, id)?,
            };
            update(connection, ways, id, &row.lane)?;
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
        isolating_since,
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
        revision: _,
        slots: _,
        keeps,
        known_since,
        is_blind,
        watermark,
        place: _,
        suspect_until: _,
        last_send_at: _,
        epoch: _,
        attempt: _,
        last_class: _,
        last_status: _,
        first_fail_at: _,
        dirty_since: _,
        trace: _,
    } = lane;
    (lane.state == State::Erased) == (stored.state == State::Erased)
        && *held == stored.held
        && *blocked_leaves == stored.blocked_leaves
        && *isolating_since == stored.isolating_since
        && *keeps == stored.keeps
        && *known_since == stored.known_since
        && *is_blind == stored.is_blind
        && *watermark == stored.watermark
        && *again == stored.again
        && *subject == stored.subject
        && *subject_key == stored.subject_key
        && *pinned == stored.pinned
        && *witness == stored.witness
        && *confirmed == stored.confirmed
        && *unverified == stored.unverified
}

fn update_progress(connection: &Connection, ways: &Ways, id: LaneId, lane: &Lane) -> rusqlite::Result<()> {
    let (state, why) = codes::of_state(lane.state);
    let slots = slots::encode(connection, ways, &lane.slots)?;
    connection.prepare_cached(UPDATE_PROGRESS)?.execute(params![
        state,
        why,
        lane.priority.code(),
        lane.next_at,
        number(lane.revision),
        slots,
        lane.suspect_until,
        lane.last_send_at,
        number(lane.epoch),
        lane.attempt,
        lane.last_class.map(Coded::code),
        lane.last_status,
        lane.first_fail_at,
        lane.dirty_since,
        lane.place.map(Fingerprint::number),
        lane.trace.map(TraceContext::to_bytes),
        id.0,
    ])?;
    Ok(())
}

fn update(connection: &Connection, ways: &Ways, id: LaneId, lane: &Lane) -> rusqlite::Result<()> {
    let slots = slots::encode(connection, ways, &lane.slots)?;
    let mut statement = connection.prepare_cached(UPDATE)?;
    with_columns(lane, slots.as_deref(), |columns| {
        statement.execute(&*[columns, &[&id.0]].concat()).map(drop)
    })
}

fn insert(connection: &Connection, ways: &Ways, user: &UserId, row: &LaneRow) -> rusqlite::Result<i64> {
    let slots = slots::encode(connection, ways, &row.lane.slots)?;
    let mut statement = connection.prepare_cached(INSERT)?;
    let insert =
        |columns: &[&dyn ToSql]| statement.insert(&*[columns, &[&row.route.0, &user.as_str()]].concat());
    with_columns(&row.lane, slots.as_deref(), insert)
}

/// Hands over the columns in the order of [`UPDATE`] and [`INSERT`].
fn with_columns<T>(
    lane: &Lane,
    slots: Option<&[u8]>,
    then: impl FnOnce(&[&dyn ToSql]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let (state, why) = codes::of_state(lane.state);
    let why_leaves = json_text(&lane.blocked_leaves, lane.blocked_leaves.is_empty())?;
    let held = json_text(&lane.held, lane.held.is_empty())?;
    let unverified = json_text(&lane.unverified, lane.unverified.is_empty())?;
    let confirmed = confirmed_text(&lane.confirmed)?;
    let old = lane.watermark.as_ref();
    then(params![
        state,
        why,
        why_leaves,
        lane.priority.code(),
        lane.next_at,
        number(lane.revision),
        slots,
        lane.keeps,
        number(lane.known_since),
        lane.suspect_until,
        lane.last_send_at,
        number(lane.epoch),
        lane.attempt,
        lane.isolating_since,
        lane.place.map(Fingerprint::number),
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
        lane.is_blind,
        lane.trace.map(TraceContext::to_bytes),
        old.map(|old| number(old.acked)),
        old.map(|old| number(old.floor)),
        old.and_then(|old| times_bytes(&old.times)),
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
fn times_bytes(times: &[(Version, Millis)]) -> Option<Vec<u8>> {
    let bytes = || times.iter().flat_map(|(version, at)| [version.to_be_bytes(), at.to_be_bytes()].concat());
    (!times.is_empty()).then(|| bytes().collect())
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
