use delivery::{
    LaneId, decide,
    lane::Rearm,
    mutation::{self, Mutation},
    store::{Pass, Passed},
};
use rusqlite::{OptionalExtension, Row, params};

use crate::{error::OpError, op::PAGE, tx::Tx};

/// Looks through the next lanes of a route, and notes how far it has come.
pub(crate) fn pass(tx: &mut Tx<'_>, command: &Pass) -> Result<Passed, OpError> {
    const NEXT: &str = "WHERE lane_id > ?2 AND route_id = ?1 ORDER BY lane_id LIMIT ?3";
    const AFTER: &str = "SELECT pass_after, changes FROM routes WHERE route_id = ?1";
    const NOTE: &str = "UPDATE routes SET pass_after = ?2 WHERE route_id = ?1";
    let over = Passed { woken: 0, is_over: true };
    let read = |row: &Row<'_>| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
    let stored = tx.connection.prepare_cached(AFTER)?.query_row([command.route.0], read).optional()?;
    let (Some((Some(after), changes)), Some(route)) = (stored, command.routes.get(command.route)) else {
        return Ok(over);
    };
    if changes != command.changes {
        return Ok(Passed::default());
    }
    let limit = command.limit.min(PAGE);
    let lanes = tx.lanes(NEXT, params![command.route.0, after, limit], command.now)?;
    let last = lanes.last().and_then(|(_, row)| row.id).filter(|_| lanes.len() >= limit as usize);
    let mut woken = 0;
    for (user_id, mut row) in lanes {
        let Some(user) = tx.user_of_lane(&user_id, &mut row, command.now)? else { continue };
        let before = row.lane.state;
        if decide::rearm(route, &mut row, &user, &Rearm::Mapping, command.now) {
            woken += u64::from(row.lane.state != before);
            tx.write_lane(&user_id, &mut row, before, command.now)?;
        }
    }
    let skipped = if mutation::is_on(Mutation::PassSkipsPage) { i64::from(limit) } else { 0 };
    let note = params![command.route.0, last.map(|LaneId(last)| last + skipped)];
    tx.connection.prepare_cached(NOTE)?.execute(note)?;
    Ok(Passed { woken, is_over: last.is_none() })
}
