use std::path::Path;

use rusqlite::Connection;

use crate::{audit, error::describe, options::OpenError, users};

/// `pgwy`: marks the file as a database of this program.
pub(crate) const APPLICATION_ID: i64 = 0x7067_7779;

/// One step per schema version, the first from an empty file to version 1. A step is never changed after its release.
const STEPS: &[Step] = &[
    Step { sql: include_str!("schema/1.sql"), then: nothing },
    Step { sql: include_str!("schema/2.sql"), then: nothing },
    Step { sql: include_str!("schema/3.sql"), then: audit::hash_all },
    Step { sql: include_str!("schema/4.sql"), then: nothing },
    Step { sql: include_str!("schema/5.sql"), then: nothing },
    Step { sql: include_str!("schema/6.sql"), then: nothing },
    Step { sql: include_str!("schema/7.sql"), then: nothing },
    Step { sql: include_str!("schema/8.sql"), then: users::note_managers },
];

/// The newest schema.
pub(crate) const NEWEST: i64 = STEPS.len() as i64;

/// From one version to the next.
struct Step {
    sql: &'static str,
    /// What SQL cannot do, in the same transaction.
    then: fn(&Connection) -> rusqlite::Result<()>,
}

fn nothing(_: &Connection) -> rusqlite::Result<()> {
    Ok(())
}

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
    if version > NEWEST {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known: NEWEST });
    }
    for step in &STEPS[usize::try_from(version).unwrap_or(0)..] {
        tx.execute_batch(step.sql).and_then(|()| (step.then)(&tx)).map_err(sqlite)?;
    }
    if version < NEWEST {
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sqlite)?;
        tx.pragma_update(None, "user_version", NEWEST).map_err(sqlite)?;
    }
    tx.commit().map_err(sqlite)
}

#[cfg(test)]
mod tests {
    use canonical::{Patch, Profile, Rules};

    use super::*;

    #[test]
    fn who_has_which_manager_is_noted_for_the_people_of_an_older_schema() {
        let connection = Connection::open_in_memory().expect("memory");
        for step in &STEPS[..7] {
            connection.execute_batch(step.sql).expect("a schema");
        }
        for (user, body) in [("a", r#"{"manager":"boss"}"#), ("b", r#"{"manager":"Rose Roe"}"#), ("c", "{}")]
        {
            let mut profile = Profile::default();
            let patch = Patch::parse(body.as_bytes(), &Rules::default()).expect("a patch");
            profile.apply(&patch, 1).expect("applied");
            const INSERT: &str =
                "INSERT INTO users(user_id, incarnation, ver, doc, updated_at) VALUES(?1, 1, 1, ?2, 0)";
            connection.execute(INSERT, (user, profile.encode())).expect("a user");
        }
        connection
            .execute("INSERT INTO users(user_id, incarnation, ver, updated_at) VALUES('gone', 1, 2, 0)", [])
            .expect("one who was erased");
        connection
            .execute_batch(STEPS[7].sql)
            .and_then(|()| (STEPS[7].then)(&connection))
            .expect("the next one");
        let reports =
            |manager: &str| users::reports(&connection, &manager.parse().expect("an id")).expect("read");
        assert_eq!(reports("boss").iter().map(canonical::UserId::as_str).collect::<Vec<_>>(), ["a"]);
        let noted: i64 = connection
            .query_row("SELECT count(*) FROM users WHERE manager IS NOT NULL", [], |row| row.get(0))
            .expect("counted");
        assert_eq!(noted, 1);
    }
}
