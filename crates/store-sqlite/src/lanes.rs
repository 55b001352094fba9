//! Rows of lanes: columns to a [`Lane`] and back.

use std::{collections::BTreeMap, str::FromStr};

use canonical::{Leaf, UserId};
use delivery::{
    lane::{BlockReason, Confirmed, Lane, State, Version},
    store::{LaneId, LaneRow, RouteId},
};
use rusqlite::{Connection, Row, params};
use serde::de::DeserializeOwned;
use serde_json::{Value as JsonValue, json};

use crate::codes::{self, Coded};

/// What every query of lanes selects, in the order in which [`read`] takes it.
pub(crate) const COLUMNS: &str = "lane_id, route_id, user_id, state, why, why_leaves, prio, next_at, want_ver, sent_ver, \
     acked_ver, floor_ver, suspect_until, last_send_at, epoch, attempt, step_ver, step_leaf, held, again, subject, \
     subject_key, pinned, witness, confirmed, unverified, last_class, last_status, first_fail_at, dirty_since";

/// The number of [`COLUMNS`]: where a query's own columns begin.
pub(crate) const COLUMN_COUNT: usize = 30;

/// A lane as it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) user: UserId,
    pub(crate) row: LaneRow,
    /// Whether the stored lane could not be read; the row is then what is left of it, blocked.
    pub(crate) damaged: bool,
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let user = UserId::from_str(row.get_ref(2)?.as_str()?).map_err(|invalid| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, invalid.into())
    })?;
    let decoded = decode(row);
    let damaged = decoded.is_none();
    let lane = match decoded {
        Some(lane) => lane,
        None => remains(row)?,
    };
    Ok(Found {
        user,
        row: LaneRow { id: Some(LaneId(row.get(0)?)), route: RouteId(row.get(1)?), lane },
        damaged,
    })
}

fn decode(row: &Row<'_>) -> Option<Lane> {
    let step: Option<i64> = row.get(16).ok()?;
    let step_leaf: Option<Leaf> = match optional_text(row, 17)? {
        Some(name) => Some(name.parse().ok()?),
        None => None,
    };
    let step = match step {
        Some(version) => Some((u64::try_from(version).ok()?, step_leaf)),
        None => None,
    };
    let class: Option<i64> = row.get(26).ok()?;
    let last_class = match class {
        Some(code) => Some(Coded::of(code)?),
        None => None,
    };
    Some(Lane {
        state: codes::to_state(row.get(3).ok()?, row.get(4).ok()?)?,
        blocked_leaves: json_or_default(row, 5)?,
        priority: Coded::of(row.get(6).ok()?)?,
        next_at: row.get(7).ok()?,
        want: version(row, 8)?,
        sent: version(row, 9)?,
        acked: version(row, 10)?,
        floor: version(row, 11)?,
        suspect_until: row.get(12).ok()?,
        last_send_at: row.get(13).ok()?,
        epoch: version(row, 14)?,
        attempt: row.get(15).ok()?,
        step,
        held: json_or_default(row, 18)?,
        again: Coded::of(row.get(19).ok()?)?,
        subject: row.get(20).ok()?,
        subject_key: row.get(21).ok()?,
        pinned: row.get(22).ok()?,
        witness: row.get(23).ok()?,
        confirmed: confirmed(row, 24)?,
        unverified: json_or_default(row, 25)?,
        last_class,
        last_status: row.get(27).ok()?,
        first_fail_at: row.get(28).ok()?,
        dirty_since: row.get(29).ok()?,
    })
}

/// What is left of a lane that cannot be read: blocked until an operator has everything sent again.
fn remains(row: &Row<'_>) -> rusqlite::Result<Lane> {
    let state = match row.get(3)? {
        codes::ERASED => State::Erased,
        _ => State::Blocked(BlockReason::Internal),
    };
    let want = version(row, 8).unwrap_or(0);
    Ok(Lane {
        state,
        want,
        sent: version(row, 9).unwrap_or(0).min(want),
        epoch: version(row, 14).unwrap_or(0) + 1,
        suspect_until: row.get(12)?,
        last_send_at: row.get(13)?,
        subject: row.get(20)?,
        subject_key: row.get(21)?,
        pinned: row.get(22)?,
        witness: row.get(23)?,
        dirty_since: row.get(29)?,
        ..Lane::default()
    })
}

fn version(row: &Row<'_>, column: usize) -> Option<Version> {
    u64::try_from(row.get::<_, i64>(column).ok()?).ok()
}

fn optional_text<'a>(row: &'a Row<'_>, column: usize) -> Option<Option<&'a str>> {
    row.get_ref(column).ok()?.as_str_or_null().ok()
}

fn json_or_default<T: DeserializeOwned + Default>(row: &Row<'_>, column: usize) -> Option<T> {
    match optional_text(row, column)? {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(T::default()),
    }
}

/// Stored as `leaf → {"members": […]}` or `leaf → {"value": …}`: a value may be a list, too.
fn confirmed(row: &Row<'_>, column: usize) -> Option<BTreeMap<Leaf, Confirmed>> {
    let stored: BTreeMap<Leaf, BTreeMap<String, JsonValue>> = json_or_default(row, column)?;
    let read = |mut stored: BTreeMap<String, JsonValue>| match stored.pop_first()? {
        (kind, value) if kind == "members" => Some(Confirmed::Members(serde_json::from_value(value).ok()?)),
        (kind, value) if kind == "value" => Some(Confirmed::Value(value)),
        _ => None,
    };
    stored.into_iter().map(|(leaf, stored)| Some((leaf, read(stored)?))).collect()
}

fn confirmed_text(confirmed: &BTreeMap<Leaf, Confirmed>) -> Option<String> {
    let stored = confirmed.iter().map(|(leaf, confirmed)| {
        let stored = match confirmed {
            Confirmed::Members(members) => json!({ "members": members }),
            Confirmed::Value(value) => json!({ "value": value }),
        };
        (leaf.name().to_owned(), stored)
    });
    (!confirmed.is_empty()).then(|| JsonValue::Object(stored.collect()).to_string())
}

fn json_text<T: serde::Serialize>(value: &T, is_empty: bool) -> rusqlite::Result<Option<String>> {
    if is_empty {
        return Ok(None);
    }
    let text = serde_json::to_string(value);
    text.map(Some).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

const INSERT: &str = "INSERT INTO lanes(route_id, user_id, state, why, why_leaves, prio, next_at, want_ver, sent_ver, \
     acked_ver, floor_ver, suspect_until, last_send_at, epoch, attempt, step_ver, step_leaf, held, again, subject, \
     subject_key, pinned, witness, confirmed, unverified, last_class, last_status, first_fail_at, dirty_since) \
     VALUES(?28, ?29, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
     ?22, ?23, ?24, ?25, ?26, ?27)";

const UPDATE: &str = "UPDATE lanes SET state=?1, why=?2, why_leaves=?3, prio=?4, next_at=?5, want_ver=?6, sent_ver=?7, \
     acked_ver=?8, floor_ver=?9, suspect_until=?10, last_send_at=?11, epoch=?12, attempt=?13, step_ver=?14, \
     step_leaf=?15, held=?16, again=?17, subject=?18, subject_key=?19, pinned=?20, witness=?21, confirmed=?22, \
     unverified=?23, last_class=?24, last_status=?25, first_fail_at=?26, dirty_since=?27 WHERE lane_id=?28";

/// Writes a lane; a new one gets its id.
pub(crate) fn write(connection: &Connection, user: &UserId, row: &mut LaneRow) -> rusqlite::Result<()> {
    let lane = &row.lane;
    let (state, why) = codes::of_state(lane.state);
    let why_leaves = json_text(&lane.blocked_leaves, lane.blocked_leaves.is_empty())?;
    let held = json_text(&lane.held, lane.held.is_empty())?;
    let unverified = json_text(&lane.unverified, lane.unverified.is_empty())?;
    let confirmed = confirmed_text(&lane.confirmed);
    let step_leaf = lane.step.as_ref().and_then(|(_, leaf)| leaf.as_ref()).map(Leaf::name);
    let mut statement = connection.prepare_cached(if row.id.is_some() { UPDATE } else { INSERT })?;
    let target: i64 = row.id.map_or(row.route.0, |id| id.0);
    let values = params![
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
        target,
        user.as_str(),
    ];
    match row.id {
        Some(_) => drop(statement.execute(&values[..28])?),
        None => row.id = Some(LaneId(statement.insert(values)?)),
    }
    Ok(())
}

/// Versions and epochs grow by one at a time: they stay far below 2⁶³.
pub(crate) fn number(version: u64) -> i64 {
    version.cast_signed()
}
