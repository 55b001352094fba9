use delivery::{decide, lane::Rekey, store::Rekeyed};
use rusqlite::params;

use crate::{
    error::OpError,
    op::{PAGE, RekeyPage, RekeyedPage},
    tx::Tx,
};

/// Gives one page of a route's subjects their new keys. After the last one the route's comparison is noted: a process that ends
/// before that begins anew, and finds those with their new keys as they are.
pub(crate) fn rekey(tx: &mut Tx<'_>, page: &RekeyPage) -> Result<RekeyedPage, OpError> {
    // Without an index: that of the subjects would sort all of them for each page.
    const NEXT: &str = "WHERE lane_id > ?2 AND +route_id = ?1 ORDER BY lane_id LIMIT ?3";
    const OF_ANOTHER: &str = "WHERE route_id = ?1 AND subject_key = ?2 AND user_id <> ?3";
    const NOTE: &str = "UPDATE routes SET comparison = ?2 WHERE route_id = ?1";
    let (command, now) = (page.command, page.command.now);
    let lanes = tx.lanes(NEXT, params![command.route.0, page.after.0, PAGE], now)?;
    let next = lanes.last().and_then(|(_, row)| row.id).filter(|_| lanes.len() >= PAGE as usize);
    let mut rekeyed = Rekeyed::default();
    for (user, found) in lanes {
        // One of before may have taken its key away.
        let Some((_, mut row)) = (match found.id {
            Some(id) => tx.lane(id, now)?,
            None => None,
        }) else {
            continue;
        };
        let Some(mut rekey) = Rekey::of(command.kind, &row.lane) else { continue };
        let other = match &rekey {
            Rekey::To(key) => tx.lanes(OF_ANOTHER, params![command.route.0, key, user.as_str()], now)?.pop(),
            _ => None,
        };
        match other {
            Some((other_user, mut other)) if decide::keeps_subject(&row, &other) => {
                let before = other.lane.state;
                rekeyed.count(&Rekey::Taken);
                decide::rekey(&mut other, Rekey::Taken, now);
                tx.write_lane(&other_user, &mut other, before, now)?;
                // No two have one key at any moment.
                tx.flush()?;
            }
            Some(_) => rekey = Rekey::Taken,
            None => {}
        }
        let before = row.lane.state;
        rekeyed.count(&rekey);
        if decide::rekey(&mut row, rekey, now) {
            tx.write_lane(&user, &mut row, before, now)?;
        }
    }
    if next.is_none() {
        let note = params![command.route.0, command.kind.comparison.name()];
        tx.connection.prepare_cached(NOTE)?.execute(note)?;
    }
    Ok(RekeyedPage { rekeyed, next })
}
