use std::sync::Arc;

use canonical::{Profile, UserId};
use delivery::{
    UpdateId,
    store::{Names, StoreError, UserRow},
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{codes::ERASED, error::OpError, lanes::number};

const SELECT: &str = "SELECT incarnation, ver, doc, erased_at, updated_at FROM users WHERE user_id = ?1";

const UPSERT: &str = "INSERT INTO users(user_id, incarnation, ver, doc, erased_at, updated_at, last_update, manager) \
     VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(user_id) DO UPDATE SET incarnation = ?2, ver = ?3, doc = ?4, \
     erased_at = ?5, updated_at = ?6, last_update = coalesce(?7, last_update), manager = ?8";

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
            manager: Default::default(),
        };
        Ok((user, profile))
    });
    match row.optional()? {
        None => Ok(None),
        Some((user, Some(profile))) => {
            let user = UserRow { profile: Arc::new(profile), ..user };
            let manager = match user.profile.manager_id() {
                Some(manager) => names(connection, &manager)?,
                None => Names::default(),
            };
            Ok(Some(UserRow { manager, ..user }))
        }
        Some((_, None)) => {
            tracing::error!("a stored profile cannot be read");
            Err(OpError::Refused(StoreError::Damaged("a stored profile cannot be read".to_owned())))
        }
    }
}

/// How the routes name a user. A change of that is written at once, so that it is found here.
pub(crate) fn names(connection: &Connection, user: &UserId) -> rusqlite::Result<Names> {
    const NAMES: &str = "SELECT routes.name, lanes.subject FROM lanes JOIN routes USING (route_id) \
         WHERE lanes.user_id = ?1 AND lanes.subject IS NOT NULL AND lanes.state <> ?2";
    let mut statement = connection.prepare_cached(NAMES)?;
    statement.query_map(params![user.as_str(), ERASED], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Everybody whose manager a user is.
pub(crate) fn reports(connection: &Connection, manager: &UserId) -> rusqlite::Result<Vec<UserId>> {
    const REPORTS: &str = "SELECT user_id FROM users WHERE manager = ?1";
    let mut statement = connection.prepare_cached(REPORTS)?;
    let ids: Vec<String> =
        statement.query_map([manager.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Notes for a database of an older schema who has which manager.
pub(crate) fn note_managers(connection: &Connection) -> rusqlite::Result<()> {
    let mut write = connection.prepare("UPDATE users SET manager = ?2 WHERE user_id = ?1")?;
    let mut read = connection.prepare("SELECT user_id, doc FROM users WHERE doc IS NOT NULL")?;
    let mut rows = read.query([])?;
    let mut managers: Vec<(String, UserId)> = Vec::new();
    while let Some(row) = rows.next()? {
        // A profile that cannot be read is told when it is needed.
        let Ok(profile) = Profile::decode(row.get_ref(1)?.as_blob()?) else { continue };
        let Some(manager) = profile.manager_id() else { continue };
        managers.push((row.get(0)?, manager));
    }
    for (user, manager) in managers {
        write.execute([user.as_str(), manager.as_str()])?;
    }
    Ok(())
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
        user.profile.manager_id().as_ref().map(UserId::as_str),
    ])?;
    Ok(())
}

/// Notes an update that has left the user as it was.
pub(crate) fn note_update(connection: &Connection, id: &UserId, update: UpdateId) -> rusqlite::Result<()> {
    const NOTE: &str = "UPDATE users SET last_update = ?2 WHERE user_id = ?1";
    connection.prepare_cached(NOTE)?.execute(params![id.as_str(), update.as_bytes().as_slice()]).map(drop)
}
