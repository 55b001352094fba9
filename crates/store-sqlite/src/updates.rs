use std::{collections::BTreeMap, str::FromStr};

use canonical::{Leaf, UserId};
use delivery::{
    RouteId, UpdateId,
    store::{RouteVerdict, StoreError, UpdateCursor, UpdateRow},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use serde::{Deserialize, Serialize};

use crate::{codes::Coded, error::OpError, lanes::number};

/// What the query of an update selects, in the order in which [`read`] takes it.
const COLUMNS: &str = "update_id, user_id, ver, (SELECT name FROM callers WHERE caller = updates.caller), at, \
     created, effective, leaves, verdicts, incarnation";

#[derive(Serialize, Deserialize)]
struct Leaves {
    changed: Vec<Leaf>,
    unchanged: Vec<Leaf>,
}

/// Per route the verdict and the fates of leaves that are not carried.
type Verdicts = BTreeMap<i64, (i64, BTreeMap<Leaf, i64>)>;

/// Writes an update; the user's row must still name the one before.
pub(crate) fn write(connection: &Connection, update: &UpdateRow, caller: i64) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO updates(update_id, user_id, ver, caller, at, created, effective, leaves, verdicts, incarnation, before) \
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, (SELECT last_update FROM users WHERE user_id = ?2))";
    let unwritable = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    let leaves = Leaves { changed: update.changed.clone(), unchanged: update.unchanged.clone() };
    let verdicts: Verdicts = update
        .verdicts
        .iter()
        .map(|(route, verdict)| {
            let fates = verdict.fates.iter().map(|(leaf, fate)| (leaf.clone(), fate.code())).collect();
            (route.0, (verdict.verdict.code(), fates))
        })
        .collect();
    connection.prepare_cached(INSERT)?.execute(params![
        update.id.as_bytes().as_slice(),
        update.user.as_str(),
        number(update.version),
        caller,
        update.at,
        update.created,
        update.effective,
        serde_json::to_string(&leaves).map_err(unwritable)?,
        serde_json::to_string(&verdicts).map_err(unwritable)?,
        update.incarnation,
    ])?;
    Ok(())
}

/// One update.
pub(crate) fn load(connection: &Connection, id: UpdateId) -> Result<Option<UpdateRow>, OpError> {
    let sql = format!("SELECT {COLUMNS} FROM updates WHERE update_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row([id.as_bytes().as_slice()], |row| Ok(read(row))).optional()?;
    row.transpose()
}

/// The updates of a user, newest first, after the cursor. The list ends where retention has removed the next one.
pub(crate) fn of_user(
    connection: &Connection,
    user: &UserId,
    after: Option<UpdateCursor>,
    limit: u32,
) -> Result<Vec<UpdateRow>, OpError> {
    const NEWEST: &str = "SELECT last_update FROM users WHERE user_id = ?1";
    const BEFORE: &str = "SELECT before FROM updates WHERE user_id = ?1 AND update_id = ?2";
    let named = |sql: &str, params: &[&dyn ToSql]| -> rusqlite::Result<Option<UpdateId>> {
        let id: Option<Option<[u8; 16]>> =
            connection.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
        Ok(id.flatten().map(UpdateId::from_bytes))
    };
    let before = |id: UpdateId| named(BEFORE, &[&user.as_str(), &id.as_bytes().as_slice()]);
    let mut next = match after {
        Some(UpdateCursor(id)) => before(id)?,
        None => named(NEWEST, &[&user.as_str()])?,
    };
    let mut updates = Vec::new();
    while let Some(id) = next
        && updates.len() < limit as usize
        && let Some(update) = load(connection, id)?
    {
        updates.push(update);
        next = before(id)?;
    }
    Ok(updates)
}

/// Reads a row of [`COLUMNS`].
fn read(row: &Row<'_>) -> Result<UpdateRow, OpError> {
    let id = row.get_ref(0)?.as_blob().ok().and_then(|bytes| UpdateId::from_slice(bytes).ok());
    let user = row.get_ref(1)?.as_str().ok().and_then(|text| UserId::from_str(text).ok());
    let leaves: Option<Leaves> =
        row.get_ref(7)?.as_str().ok().and_then(|text| serde_json::from_str(text).ok());
    let stored: Option<Verdicts> =
        row.get_ref(8)?.as_str().ok().and_then(|text| serde_json::from_str(text).ok());
    let (Some(id), Some(user), Some(leaves), Some(verdicts)) = (id, user, leaves, stored.and_then(verdicts))
    else {
        return Err(OpError::Refused(StoreError::Damaged("a stored update cannot be read".to_owned())));
    };
    Ok(UpdateRow {
        id,
        user,
        version: row.get::<_, i64>(2)?.cast_unsigned(),
        caller: row.get(3)?,
        at: row.get(4)?,
        incarnation: row.get(9)?,
        created: row.get(5)?,
        effective: row.get(6)?,
        changed: leaves.changed,
        unchanged: leaves.unchanged,
        verdicts,
    })
}

fn verdicts(stored: Verdicts) -> Option<BTreeMap<RouteId, RouteVerdict>> {
    let verdicts = stored.into_iter().map(|(route, (verdict, fates))| {
        let fates =
            fates.into_iter().map(|(leaf, fate)| Some((leaf, Coded::of(fate)?))).collect::<Option<_>>()?;
        Some((RouteId(route), RouteVerdict { verdict: Coded::of(verdict)?, fates }))
    });
    verdicts.collect()
}
