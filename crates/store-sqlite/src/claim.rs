use delivery::{
    Millis, decide,
    store::{ClaimDue, Claimed},
};

use crate::{due, error::OpError, tx::Tx};

/// How soon a route is asked again whose retry budget is used up.
const BUDGET_PAUSE: Millis = 1_000;

/// Claims due lanes of one route.
pub(crate) fn claim(tx: &mut Tx<'_>, command: &ClaimDue) -> Result<Claimed, OpError> {
    if command.routes.get(command.route).is_none() {
        return Ok(Claimed::default());
    }
    let due = due::due(tx, command)?;
    let turn = tx.memory.turns.entry(command.route).or_default();
    let chosen = decide::choose(due, command.limit, command.retries, command.probe, turn);
    let mut claimed = Claimed { more: chosen.more, ..Claimed::default() };
    for due in chosen.lanes {
        let (user_id, mut row) = due.row;
        let Some(user) = tx.user_of_lane(&user_id, &mut row, command.now)? else { continue };
        let Some(work) = tx.claim(&command.routes, row, user_id, user, command.now)? else { continue };
        claimed.retries += u32::from(due.retry);
        claimed.work.push(work);
    }
    if !claimed.more {
        claimed.next_due = due::next_due(tx, command.route)?;
    }
    if chosen.postponed {
        claimed.next_due = Some(command.now + BUDGET_PAUSE);
    }
    Ok(claimed)
}
