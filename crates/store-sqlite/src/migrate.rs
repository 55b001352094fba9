use std::path::Path;

use rusqlite::Connection;

use crate::{error::describe, options::OpenError};

/// `pgwy`: marks the file as a database of this program.
pub(crate) const APPLICATION_ID: i64 = 0x7067_7779;

/// One step per schema version, the first from an empty file to version 1. A step is never changed after its release.
const STEPS: &[&str] =
    &[include_str!("schema/1.sql"), include_str!("schema/2.sql"), include_str!("schema/3.sql")];

/// Brings the file to the newest schema.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let sqlite = |error: rusqlite::Error| OpenError::Sqlite { path: path.to_owned(), what: describe(&error) };
    let tx =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).map_err(sqlite)?;
    let number =
        |pragma: &str| tx.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(sqlite);
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sqlite)?;
    let is_new = application == 0 && version == 0 && tables == 0;
    if application != APPLICATION_ID && !is_new {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let known = STEPS.len() as i64;
    if version > known {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known });
    }
    for step in &STEPS[usize::try_from(version).unwrap_or(0)..] {
        tx.execute_batch(step).map_err(sqlite)?;
    }
    if version < known {
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sqlite)?;
        tx.pragma_update(None, "user_version", known).map_err(sqlite)?;
    }
    tx.commit().map_err(sqlite)
}
