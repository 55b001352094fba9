use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use adapter::Fingerprint;
use canonical::{Leaf, UserId};
use delivery::{
    LaneId, RouteId, TraceContext,
    lane::{BlockReason, Confirmed, Lane, Slots, State, Version, Watermark},
    store::LaneRow,
};
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;
use serde_json::Value as JsonValue;

use super::slots;
use crate::{
    codes::{self, Coded},
    ways::Ways,
};

/// A lane as it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) user: UserId,
    pub(crate) row: LaneRow,
    /// Whether the stored lane could not be read; the row is then what is left of it, blocked.
    pub(crate) damaged: bool,
}

/// Reads a row of [`COLUMNS`](super::COLUMNS).
pub(crate) fn read(connection: &Connection, ways: &Ways, row: &Row<'_>) -> rusqlite::Result<Found> {
    let user = UserId::from_str(row.get_ref(2)?.as_str()?).map_err(|invalid| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, invalid.into())
    })?;
    let decoded = decode(connection, ways, row);
    let damaged = decoded.is_none();
    let lane = match decoded {
        Some(lane) => lane,
        None => remains(row)?,
    };
    Ok(Found {
        user,
        row: LaneRow { id: Some(LaneId(row.get(0)?)), route: RouteId(row.get(1)?), lane: Arc::new(lane) },
        damaged,
    })
}

fn decode(connection: &Connection, ways: &Ways, row: &Row<'_>) -> Option<Lane> {
    let class: Option<i64> = row.get(26).ok()?;
    let last_class = match class {
        Some(code) => Some(Coded::of(code)?),
        None => None,
    };
    let slots = match row.get_ref(9).ok()?.as_bytes_or_null().ok()? {
        Some(bytes) => slots::decode(connection, ways, bytes)?,
        None => Slots::default(),
    };
    Some(Lane {
        state: codes::to_state(row.get(3).ok()?, row.get(4).ok()?)?,
        blocked_leaves: json_or_default(row, 5)?,
        priority: Coded::of(row.get(6).ok()?)?,
        next_at: row.get(7).ok()?,
        revision: version(row, 8)?,
        slots,
        keeps: row.get(10).ok()?,
        known_since: version(row, 11)?,
        suspect_until: row.get(12).ok()?,
        last_send_at: row.get(13).ok()?,
        epoch: version(row, 14)?,
        attempt: row.get(15).ok()?,
        isolating_since: row.get(16).ok()?,
        place: row.get::<_, Option<u32>>(17).ok()?.map(Fingerprint::of_number),
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
        is_blind: row.get(30).ok()?,
        // What cannot be read is no reason to give up a lane: the trace ends, and nothing else.
        trace: row.get_ref(31).ok()?.as_bytes_or_null().ok()?.and_then(TraceContext::from_bytes),
        watermark: watermark(row),
    })
}

/// What a row of an older schema knew.
fn watermark(row: &Row<'_>) -> Option<Watermark> {
    row.get::<_, Option<i64>>(32).ok()??;
    let times = row.get_ref(34).ok()?.as_bytes_or_null().ok()?.and_then(times);
    Some(Watermark { acked: version(row, 32)?, floor: version(row, 33)?, times: times.unwrap_or_default() })
}

/// What is left of a lane that cannot be read: blocked until an operator has everything sent again.
fn remains(row: &Row<'_>) -> rusqlite::Result<Lane> {
    let state = match row.get(3)? {
        codes::ERASED => State::Erased,
        _ => State::Blocked(BlockReason::Internal),
    };
    Ok(Lane {
        state,
        revision: version(row, 8).unwrap_or(0),
        // What was on the wire nobody knows any more.
        is_blind: row.get::<_, Option<i64>>(12)?.is_some(),
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

/// Each entry is a version and its time, eight bytes each, the highest first.
fn times(bytes: &[u8]) -> Option<Vec<(Version, i64)>> {
    let (entries, rest) = bytes.as_chunks::<16>();
    let entry = |entry: &[u8; 16]| {
        let (version, at) = entry.split_at(8);
        Some((u64::from_be_bytes(version.try_into().ok()?), i64::from_be_bytes(at.try_into().ok()?)))
    };
    entries.iter().map(entry).collect::<Option<Vec<_>>>().filter(|_| rest.is_empty())
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
