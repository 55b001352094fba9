//! Databases as text: so that a file that an older gateway wrote can be kept beside the tests.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use rusqlite::{Connection, types::ValueRef};

use crate::World;

/// The number of a database's schema.
///
/// # Errors
/// Those of SQLite.
pub fn version(path: &Path) -> rusqlite::Result<i64> {
    Connection::open(path)?.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// How many routes have no note of how their identities are compared.
///
/// # Errors
/// Those of SQLite.
pub fn routes_of_old_keys(path: &Path) -> rusqlite::Result<i64> {
    let count = "SELECT count(*) FROM routes WHERE comparison IS NULL";
    Connection::open(path)?.query_row(count, [], |row| row.get(0))
}

/// The statements that make a database's tables, indexes and triggers, in no order that means anything.
///
/// # Errors
/// Those of SQLite.
pub fn schema(path: &Path) -> rusqlite::Result<BTreeSet<String>> {
    Ok(statements(&Connection::open(path)?, "1")?.into_iter().collect())
}

/// The database as SQL. The addresses of the world's simulators become `{communal}` and so on.
///
/// # Errors
/// Those of SQLite.
pub fn write(world: &World, path: &Path) -> rusqlite::Result<String> {
    let connection = Connection::open(path)?;
    let mut sql = String::new();
    for pragma in ["application_id", "user_version"] {
        let number: i64 = connection.pragma_query_value(None, pragma, |row| row.get(0))?;
        let _ = writeln!(sql, "PRAGMA {pragma} = {number};");
    }
    for table in statements(&connection, "type = 'table'")? {
        let _ = writeln!(sql, "{table};");
    }
    for table in names(&connection)? {
        rows(&connection, &table, &mut sql)?;
    }
    // A trigger that were there before the rows would count them once more.
    for rest in statements(&connection, "type <> 'table'")? {
        let _ = writeln!(sql, "{rest};");
    }
    for (vendor, address) in world.addresses() {
        sql = sql.replace(&address, &format!("{{{vendor}}}"));
    }
    Ok(sql)
}

/// Makes a database of such a text. Keys that have expired since are valid again.
///
/// # Errors
/// Those of SQLite.
pub fn read(world: &World, sql: &str, path: &Path) -> rusqlite::Result<()> {
    let mut sql = sql.to_owned();
    for (vendor, address) in world.addresses() {
        sql = sql.replace(&format!("{{{vendor}}}"), &address);
    }
    let connection = Connection::open(path)?;
    connection.execute_batch(&sql)?;
    connection.execute("UPDATE idempotency SET expires_at = 1000 * (unixepoch() + 86400)", [])?;
    Ok(())
}

const OF_SQLITE: &str = "name NOT LIKE 'sqlite_%'";

fn statements(connection: &Connection, condition: &str) -> rusqlite::Result<Vec<String>> {
    let select = format!(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND {OF_SQLITE} AND {condition} ORDER BY rowid"
    );
    connection.prepare(&select)?.query_map([], |row| row.get(0))?.collect()
}

fn names(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let select = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND ({OF_SQLITE} OR name = 'sqlite_sequence') \
         ORDER BY rowid"
    );
    connection.prepare(&select)?.query_map([], |row| row.get(0))?.collect()
}

fn rows(connection: &Connection, table: &str, sql: &mut String) -> rusqlite::Result<()> {
    let mut select = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<String> =
            (0..columns).map(|at| row.get_ref(at).map(literal)).collect::<Result<_, _>>()?;
        let _ = writeln!(sql, "INSERT INTO {table} VALUES({});", values.join(","));
    }
    Ok(())
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => format!("'{}'", String::from_utf8_lossy(text).replace('\'', "''")),
        ValueRef::Blob(bytes) => format!("x'{}'", base16ct::lower::encode_string(bytes)),
    }
}
