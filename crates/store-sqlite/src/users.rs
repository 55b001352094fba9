use std::sync::Arc;

use canonical::{Profile, UserId};
use delivery::store::{StoreError, UpdateId, UserRow};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{error::OpError, lanes::number};

const SELECT: &str = "SELECT incarnation, ver, doc, erased_at, updated_at FROM users WHERE user_id = ?1";

const UPSERT: &str = "INSERT INTO users(user_id, incarnation, ver, doc, erased_at, updated_at, last_update) \
     VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(user_id) DO UPDATE SET incarnation = ?2, ver = ?3, doc = ?4, \
     erased_at = ?5, updated_at = ?6, last_update = coalesce(?7, last_update)";

/// The user, if the id was ever seen.
pub(crate) fn load(connection: &Connection, user: &UserId) -> Result<Option<UserRow>, OpError> {
    let row = connection.prepare_cached(SELECT)?.query_row([user.as_str()], |row| {
        let profile = match row.get_ref(2)?.as_blob_or_null()? {
            Some(bytes) => Profile::decode(bytes).ok(),
            None => Some(Profile::default()),
        };
        let user = UserRow {
            incarnation: row.get(0)?,
            version: row.get::<_, i64>(1)?.cast_unsigned(),
            profile: Arc::default(),
            erased_at: row.get(3)?,
            updated_at: row.get(4)?,
        };
        Ok((user, profile))
    });
    match row.optional()? {
        None => Ok(None),
        Some((user, Some(profile))) => Ok(Some(UserRow { profile: Arc::new(profile), ..user })),
        Some((_, None)) => {
            tracing::error!("a stored profile cannot be read");
            Err(OpError::Refused(StoreError::Damaged("a stored profile cannot be read".to_owned())))
        }
    }
}

/// The version of a user, to see whether a copy in hand is still the newest.
pub(crate) fn version(connection: &Connection, user: &UserId) -> rusqlite::Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT ver FROM users WHERE user_id = ?1")?;
    let version = statement.query_row([user.as_str()], |row| row.get::<_, i64>(0)).optional()?;
    Ok(version.map(i64::cast_unsigned))
}

/// Writes a user and, if there is one, the update that changed it; an erased user has no document.
pub(crate) fn write(
    connection: &Connection,
    id: &UserId,
    user: &UserRow,
    update: Option<UpdateId>,
) -> rusqlite::Result<()> {
    let document = user.erased_at.is_none().then(|| user.profile.encode());
    connection.prepare_cached(UPSERT)?.execute(params![
        id.as_str(),
        user.incarnation,
        number(user.version),
        document,
        user.erased_at,
        user.updated_at,
        update.as_ref().map(|update| update.as_bytes().as_slice()),
    ])?;
    Ok(())
}

/// Notes an update that has left the user as it was.
pub(crate) fn note_update(connection: &Connection, id: &UserId, update: UpdateId) -> rusqlite::Result<()> {
    const NOTE: &str = "UPDATE users SET last_update = ?2 WHERE user_id = ?1";
    connection.prepare_cached(NOTE)?.execute(params![id.as_str(), update.as_bytes().as_slice()]).map(drop)
}
