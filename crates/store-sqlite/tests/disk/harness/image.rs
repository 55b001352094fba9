//! What is in a database, whatever the store says of it.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};

use super::client::FILE;

/// The rows of every table that has any: how many, and what they hash to.
pub(crate) type Content = BTreeMap<String, (usize, u64)>;

/// Opens the database with SQLite alone, so that it recovers what is in the log.
pub(crate) fn connect(directory: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Connection::open_with_flags(directory.join(FILE), flags)
        .map_err(|error| format!("cannot be opened: {error}"))
}

/// What is in the database. The secret is left out, which a new file makes for itself, and the mark of a clean end.
pub(crate) fn content(connection: &Connection) -> Result<Content, String> {
    read_content(connection).map_err(|error| format!("cannot be read: {error}"))
}

fn read_content(connection: &Connection) -> rusqlite::Result<Content> {
    let mut names =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'secret'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut content = Content::new();
    for name in names {
        let sql = match name.as_str() {
            "marker" => "SELECT checks FROM marker WHERE checks > 0".to_owned(),
            other => format!("SELECT * FROM {other} ORDER BY 1, 2"),
        };
        let rows = rows(connection, &sql)?;
        if rows.0 > 0 {
            content.insert(name, rows);
        }
    }
    Ok(content)
}

fn rows(connection: &Connection, sql: &str) -> rusqlite::Result<(usize, u64)> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    let (mut count, mut hasher) = (0, DefaultHasher::new());
    while let Some(row) = found.next()? {
        count += 1;
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Null => 0_u8.hash(&mut hasher),
                ValueRef::Integer(number) => number.hash(&mut hasher),
                ValueRef::Real(number) => number.to_bits().hash(&mut hasher),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(&mut hasher),
            }
        }
    }
    Ok((count, hasher.finish()))
}

/// What must be nought in every database: traces of half an operation.
const HALVES: &[(&str, &str)] = &[
    (
        "lanes that want more than there is",
        "SELECT count(*) FROM lanes LEFT JOIN users USING(user_id) WHERE ver IS NULL OR known_since > ver",
    ),
    (
        "updates without their user, or newer than it",
        "SELECT count(*) FROM updates LEFT JOIN users USING(user_id) WHERE users.ver IS NULL OR updates.ver > users.ver",
    ),
    (
        "users with a version that neither an update nor an erase has made",
        "SELECT count(*) FROM users WHERE ver <> \
         (SELECT count(DISTINCT ver) FROM updates WHERE updates.user_id = users.user_id AND (effective OR created)) + \
         (SELECT count(*) FROM audit WHERE kind = 'erase' AND detail = 'user ' || users.user_id)",
    ),
    (
        "keys without their update",
        "SELECT count(*) FROM idempotency LEFT JOIN updates USING(update_id) WHERE updates.ver IS NULL",
    ),
    (
        "updates without their key",
        "SELECT count(*) FROM updates WHERE update_id NOT IN (SELECT update_id FROM idempotency)",
    ),
    (
        "routes that have miscounted their lanes",
        "SELECT count(*) FROM routes WHERE lanes <> \
         (SELECT count(*) FROM lanes WHERE lanes.route_id = routes.route_id AND state <> 5)",
    ),
];

/// Whether SQLite finds the file sound and no operation half done.
pub(crate) fn check(connection: &Connection) -> Result<(), String> {
    let ask = |sql: &str| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|error| error.to_string())
    };
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| format!("cannot be checked: {error}"))?;
    if sound != "ok" {
        return Err(format!("is damaged: {sound}"));
    }
    for (what, sql) in HALVES {
        let count = ask(sql)?;
        if count > 0 {
            return Err(format!("has {count} {what}"));
        }
    }
    match ask("SELECT count(*) FROM pragma_foreign_key_check") {
        Ok(0) => Ok(()),
        Ok(count) => Err(format!("has {count} rows that point nowhere")),
        Err(error) => Err(error),
    }
}
