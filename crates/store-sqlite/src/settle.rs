use delivery::{
    decide,
    lane::State,
    store::{Settled, Settlement},
};

use crate::{error::OpError, journal, tx::Tx, users};

/// Records what became of an attempt.
pub(crate) fn settle(tx: &mut Tx<'_>, settlement: &Settlement) -> Result<Settled, OpError> {
    let (id, now) = (settlement.lane, settlement.now);
    let Some((user_id, mut row)) = tx.lane(id, now)? else {
        tracing::error!(lane = id.0, "an attempt was settled for a lane that does not exist");
        return Ok(Settled::AsAnswered);
    };
    let mut settlement = settlement.clone();
    let settled = match decide::new_witness(&row.lane, &settlement) {
        Some(witness) if tx.is_of_another(row.route, id, witness)? => {
            decide::went_to_another_person(&mut settlement);
            Settled::AnotherPerson
        }
        _ => Settled::AsAnswered,
    };
    let user = match decide::needs_profile(&row.lane, &settlement) {
        true => users::load(tx.connection, &user_id)?,
        false => None,
    };
    let before = row.lane.state;
    let attempt = settlement.attempt.take();
    if decide::settle(settlement, row.lane_mut(), user.as_ref()) {
        tx.write_lane(&user_id, &mut row, before, now)?;
    }
    // Of an erased user nothing is written down any more, not even a vendor's words.
    if let Some(attempt) = attempt.filter(|_| row.lane.state != State::Erased) {
        journal::write_attempt(tx.connection, id, &attempt)?;
    }
    Ok(settled)
}
