use delivery::{
    decide::{self, EraseWrites},
    lane::State,
    store::{Erase, Erased},
};

use crate::{error::OpError, reports, tx::Tx, users};

/// Forgets a user.
pub(crate) fn erase(tx: &mut Tx<'_>, command: &Erase) -> Result<Option<Erased>, OpError> {
    let Some(user) = users::load(tx.connection, &command.user)? else { return Ok(None) };
    let lanes = tx.lanes_of(&command.user, command.now)?;
    let writes = decide::erase(command, user, lanes)?;
    tx.savepoint(|tx| write(tx, command, writes)).map(Some)
}

fn write(tx: &mut Tx<'_>, command: &Erase, writes: EraseWrites) -> Result<Erased, OpError> {
    let EraseWrites { user, mut lanes, erased, audit, renamed } = writes;
    let Some(audit) = audit else { return Ok(erased) };
    users::write(tx.connection, &command.user, &user, None)?;
    for row in &mut lanes {
        tx.write_lane(&command.user, row, State::Idle, command.now)?;
        if let Some(id) = row.id {
            // A vendor may have repeated what it was sent.
            const FORGET: &str =
                "UPDATE attempts SET detail = NULL WHERE lane_id = ?1 AND detail IS NOT NULL";
            tx.connection.prepare_cached(FORGET)?.execute([id.0])?;
        }
    }
    tx.audit(audit)?;
    reports::look_again(tx, &command.user, &command.routes, &renamed, command.now)?;
    Ok(erased)
}
