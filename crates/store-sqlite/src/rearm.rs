use canonical::UserId;
use delivery::{
    LaneId, decide,
    store::{LaneRow, RearmTarget},
};
use rusqlite::params;

use crate::{
    error::OpError,
    op::{PAGE, Page, RearmPage},
    tx::Tx,
};

/// Applies an event to one page of lanes.
pub(crate) fn rearm(tx: &mut Tx<'_>, page: &RearmPage) -> Result<Page, OpError> {
    let command = &*page.command;
    if page.after.is_none()
        && let Some(entry) = decide::rearm_audit(command)
    {
        tx.audit(entry)?;
    }
    let lanes = lanes(tx, page)?;
    let next = lanes.last().and_then(|(_, row)| row.id).filter(|_| lanes.len() >= PAGE as usize);
    let mut changed = 0;
    for (user_id, mut row) in lanes {
        let Some(route) = command.routes.get(row.route) else { continue };
        let Some(user) = tx.user_of_lane(&user_id, &mut row, command.now)? else { continue };
        let before = row.lane.state;
        if decide::rearm(route, &mut row, &user, &command.rearm, command.now) {
            tx.write_lane(&user_id, &mut row, before, command.now)?;
            changed += 1;
        }
    }
    Ok(Page { changed, next })
}

fn lanes(tx: &mut Tx<'_>, page: &RearmPage) -> Result<Vec<(UserId, LaneRow)>, OpError> {
    const ATTENTION: &str = "WHERE lane_id IN (\
         SELECT lane_id FROM lanes INDEXED BY lane_blocked WHERE state = 4 AND route_id = ?1 AND lane_id > ?2 \
         UNION SELECT lane_id FROM lanes INDEXED BY lane_held WHERE held IS NOT NULL AND route_id = ?1 AND lane_id > ?2 \
         ORDER BY lane_id LIMIT ?3) ORDER BY lane_id";
    const ALL: &str = "WHERE lane_id > ?2 AND route_id = ?1 ORDER BY lane_id LIMIT ?3";
    let command = &*page.command;
    let after = page.after.unwrap_or(LaneId(0));
    match &command.target {
        RearmTarget::Lanes(ids) => of_ids(tx, ids, after, command.now),
        RearmTarget::Attention(route) | RearmTarget::Route(route) => {
            let sql = if decide::is_for_attention(command) { ATTENTION } else { ALL };
            tx.lanes(sql, params![route.0, after.0, PAGE], command.now)
        }
    }
}

fn of_ids(
    tx: &mut Tx<'_>,
    ids: &[LaneId],
    after: LaneId,
    now: delivery::Millis,
) -> Result<Vec<(UserId, LaneRow)>, OpError> {
    let mut ids: Vec<LaneId> = ids.iter().copied().filter(|id| *id > after).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut lanes = Vec::new();
    for id in ids {
        lanes.extend(tx.lane(id, now)?);
        if lanes.len() >= PAGE as usize {
            break;
        }
    }
    Ok(lanes)
}
