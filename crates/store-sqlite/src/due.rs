use canonical::UserId;
use delivery::{
    RouteId,
    decide::{Due, is_retry},
    lane::{Priority, WaitCause},
    store::{ClaimDue, LaneRow},
};
use rusqlite::{OptionalExtension, params};

use crate::{codes::Coded, error::OpError, tx::Tx};

const PRIORITIES: [Priority; 2] = [Priority::Interactive, Priority::Bulk];
const CAUSES: [WaitCause; 4] =
    [WaitCause::Backoff, WaitCause::Outage, WaitCause::Verify, WaitCause::HoldRetry];

/// From how many due lanes of each kind a probe is taken.
const PROBED_FROM: u32 = 64;

/// A due lane with its user.
pub(crate) type DueLane = Due<(UserId, LaneRow)>;

/// The due lanes of a route: of each kind one more than may be claimed, so that it shows whether there are more.
pub(crate) fn due(tx: &mut Tx<'_>, command: &ClaimDue) -> Result<Vec<DueLane>, OpError> {
    let (route, now) = (command.route.0, command.now);
    let most = if command.probe.is_some() { PROBED_FROM } else { command.limit.saturating_add(1) };
    let mut found = Vec::new();
    let causes: &[WaitCause] = if is_waited_at(tx, command.route)? { &CAUSES } else { &[] };
    for priority in PRIORITIES.map(Coded::code) {
        const READY: &str = "INDEXED BY lane_due WHERE state = 1 AND route_id = ?1 AND why IS NULL AND prio = ?2 \
             ORDER BY next_at LIMIT ?3";
        found.extend(tx.lanes(READY, params![route, priority, most], now)?);
        for cause in causes {
            const WAITING: &str = "INDEXED BY lane_due WHERE state = 3 AND route_id = ?1 AND why = ?4 AND prio = ?2 \
                 AND next_at <= ?5 ORDER BY next_at LIMIT ?3";
            found.extend(tx.lanes(WAITING, params![route, priority, most, cause.code(), now], now)?);
        }
        if let Some(released_at) = command.released_at.filter(|_| !causes.is_empty()) {
            const RELEASED: &str = "INDEXED BY lane_outage WHERE state = 3 AND why = 2 AND route_id = ?1 AND prio = ?2 \
                 AND last_send_at < ?4 AND next_at > ?5 ORDER BY last_send_at LIMIT ?3";
            found.extend(tx.lanes(RELEASED, params![route, priority, most, released_at, now], now)?);
        }
    }
    // A lane that could not be read was blocked while it was looked for.
    let due = found.into_iter().filter(|(_, row)| row.lane.is_due(now, command.released_at));
    let due = due.filter_map(|(user, row)| {
        Some(Due {
            id: row.id?,
            priority: row.lane.priority,
            next_at: row.lane.next_at,
            retry: is_retry(&row.lane, command.released_at),
            row: (user, row),
        })
    });
    Ok(due.collect())
}

/// Whether any lane of a route waits for its time. Mostly none does, and all further looking can be spared.
fn is_waited_at(tx: &mut Tx<'_>, route: RouteId) -> Result<bool, OpError> {
    const WAITING: &str = "SELECT 1 FROM lanes INDEXED BY lane_due WHERE state = 3 AND route_id = ?1 LIMIT 1";
    tx.flush()?;
    Ok(tx.connection.prepare_cached(WAITING)?.exists([route.0])?)
}

/// When the next waiting lane of a route is due.
pub(crate) fn next_due(tx: &mut Tx<'_>, route: RouteId) -> Result<Option<i64>, OpError> {
    if !is_waited_at(tx, route)? {
        return Ok(None);
    }
    const NEXT: &str = "SELECT next_at FROM lanes INDEXED BY lane_due WHERE state = 3 AND route_id = ?1 AND why = ?2 \
         AND prio = ?3 ORDER BY next_at LIMIT 1";
    let mut statement = tx.connection.prepare_cached(NEXT)?;
    let mut next = None;
    for cause in CAUSES {
        for priority in PRIORITIES {
            let found: Option<i64> = statement
                .query_row(params![route.0, cause.code(), priority.code()], |row| row.get(0))
                .optional()?;
            next = [next, found].into_iter().flatten().min();
        }
    }
    Ok(next)
}
