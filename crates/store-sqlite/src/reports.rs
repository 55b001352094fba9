use canonical::UserId;
use delivery::{Millis, RouteId, RouteSet, decide, lane::Rearm};

use crate::{error::OpError, tx::Tx, users};

/// Looks again at the lanes of everybody whose manager a user is, at the routes that name the user in another way from now on.
pub(crate) fn look_again(
    tx: &mut Tx<'_>,
    manager: &UserId,
    routes: &RouteSet,
    renamed: &[RouteId],
    now: Millis,
) -> Result<(), OpError> {
    if renamed.is_empty() {
        return Ok(());
    }
    // The new name is looked for in the database.
    tx.flush()?;
    for report in users::reports(tx.connection, manager)? {
        for mut row in tx.lanes_of(&report, now)? {
            let Some(route) = routes.get(row.route).filter(|_| renamed.contains(&row.route)) else {
                continue;
            };
            let Some(user) = tx.user_of_lane(&report, &mut row, now)? else { continue };
            let before = row.lane.state;
            if decide::rearm(route, &mut row, &user, &Rearm::Mapping, now) {
                tx.write_lane(&report, &mut row, before, now)?;
            }
        }
    }
    Ok(())
}
