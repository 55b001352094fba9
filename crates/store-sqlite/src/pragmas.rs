use delivery::mutation::{self, Mutation};
use rusqlite::{Connection, config::DbConfig, types::ValueRef};

use crate::{error::describe, options::OpenError};

/// Before 3.51.3 a WAL that was reset at the wrong moment could corrupt the database.
const OLDEST: i32 = 3_051_003;

/// Refuses a SQLite with the WAL-reset fault.
pub(crate) fn check_version() -> Result<(), OpenError> {
    if rusqlite::version_number() < OLDEST {
        return Err(OpenError::OldSqlite { found: rusqlite::version() });
    }
    Ok(())
}

/// Settings of the connection that writes, each with what it must read back.
const WRITER: &[(&str, &str, &str)] = &[
    ("journal_mode", "WAL", "wal"),
    // Every commit is on the disk before it is answered.
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    // What is deleted is overwritten, so that an erase leaves nothing in free space.
    ("secure_delete", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("mmap_size", "0", "0"),
    ("busy_timeout", "5000", "5000"),
    // Checkpoints are made by the writer between two batches, never inside a commit.
    ("wal_autocheckpoint", "0", "0"),
    ("temp_store", "MEMORY", "2"),
    ("cache_size", "-32768", "-32768"),
];

const READER: &[(&str, &str, &str)] = &[
    ("query_only", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("mmap_size", "0", "0"),
    ("busy_timeout", "5000", "5000"),
    ("temp_store", "MEMORY", "2"),
];

/// Sets up the connection that writes.
pub(crate) fn set_writer(connection: &Connection) -> Result<(), OpenError> {
    plan_once(connection)?;
    set(connection, WRITER)?;
    if mutation::is_on(Mutation::SynchronousNormal) {
        set(connection, &[("synchronous", "NORMAL", "1")])?;
    }
    Ok(())
}

/// Sets up a connection that reads.
pub(crate) fn set_reader(connection: &Connection) -> Result<(), OpenError> {
    plan_once(connection)?;
    set(connection, READER)
}

/// Has statements planned once: without it SQLite plans one anew whenever a parameter that could matter for an index is bound to
/// another value, which took two fifths of the time of a claim.
fn plan_once(connection: &Connection) -> Result<(), OpenError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop).map_err(|error| {
        OpenError::Pragma {
            pragma: "query planner stability",
            wanted: "on".to_owned(),
            found: describe(&error),
        }
    })
}

fn set(connection: &Connection, pragmas: &[(&'static str, &str, &str)]) -> Result<(), OpenError> {
    for &(pragma, value, wanted) in pragmas {
        let refused = |found: String| OpenError::Pragma { pragma, wanted: wanted.to_owned(), found };
        apply(connection, pragma, value).map_err(|error| refused(describe(&error)))?;
        let found = connection
            .pragma_query_value(None, pragma, |row| row.get_ref(0).map(text))
            .map_err(|error| refused(describe(&error)))?;
        if found != wanted {
            return Err(refused(found));
        }
    }
    Ok(())
}

/// Runs the statement to its end. The change of the journal is committed only after its row was answered, and a statement that
/// is given up there hides that the commit has failed: the setting would read back as `wal`, and no WAL be used.
fn apply(connection: &Connection, pragma: &str, value: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("PRAGMA {pragma} = {value}"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => "nothing".to_owned(),
    }
}
