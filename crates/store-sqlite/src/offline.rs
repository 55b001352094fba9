use std::path::Path;

use delivery::audit::{AuditHead, AuditReport};
use rusqlite::{Connection, OpenFlags};

use crate::{
    audit,
    error::describe,
    migrate::{APPLICATION_ID, NEWEST},
    options::OpenError,
};

/// Goes through the audit in a database without opening it as a store: nothing is written, and a gateway may be using it.
///
/// # Errors
/// When the file cannot be read, or is no database of this schema.
pub fn verify_audit(path: &Path, known: Option<AuditHead>) -> Result<AuditReport, OpenError> {
    let path = path.canonicalize().map_err(|cause| OpenError::Io { path: path.to_owned(), cause })?;
    let sqlite = |error: rusqlite::Error| OpenError::Sqlite { path: path.clone(), what: describe(&error) };
    let connection = connect(&path).map_err(sqlite)?;
    let number = |pragma: &str| {
        connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(|error| {
            match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::NotADatabase) => OpenError::Foreign(path.clone()),
                _ => sqlite(error),
            }
        })
    };
    if number("application_id")? != APPLICATION_ID {
        return Err(OpenError::Foreign(path));
    }
    match number("user_version")? {
        found if found > NEWEST => return Err(OpenError::Newer { path, found, known: NEWEST }),
        found if found < NEWEST => return Err(OpenError::Older { path, found, known: NEWEST }),
        _ => {}
    }
    audit::verify(&connection, known).map_err(sqlite)
}

/// A database whose last process has closed it has no log, and is read as a file that does not change: otherwise SQLite would
/// make a log, for which the directory must be writable.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    if Path::new(&wal).exists() {
        return Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    }
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)
}
