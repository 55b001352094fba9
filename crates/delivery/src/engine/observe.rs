use std::{collections::BTreeMap, sync::Arc, time::Duration};

use canonical::UserId;

use super::{Engine, Waiter};
use crate::{
    Millis,
    gate::Pause,
    lane::Version,
    status::{self, UpdateStatus},
    store::{LaneRow, RouteId, UpdateRow, UserRow},
};

/// What keeps a route from sending now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouteCondition {
    /// The route is paused.
    pub pause: Option<Pause>,
    /// The breaker is open until then.
    pub breaker_until: Option<Millis>,
    /// The vendor asked for a pause until then.
    pub throttled_until: Option<Millis>,
    /// Requests under way.
    pub in_flight: u32,
    /// The most requests at one time now.
    pub limit: u32,
}

impl Engine {
    /// What keeps each route from sending now.
    pub fn conditions(&self) -> BTreeMap<RouteId, RouteCondition> {
        let now = self.now();
        let current = self.current();
        let of_line = |line: &Arc<super::line::Line>| {
            let gate = line.gate();
            let (in_flight, limit) = gate.concurrency();
            RouteCondition {
                pause: gate.pause(),
                breaker_until: gate.breaker_open_until(),
                throttled_until: gate.throttled_until(now),
                in_flight,
                limit,
            }
        };
        current.lines.iter().map(|(id, line)| (*id, of_line(line))).collect()
    }

    /// Registers interest in a user's lanes.
    pub fn wait_for(&self, user: &UserId) -> Waiter {
        self.inner.hub.wait_for(user)
    }

    /// What has become of an update, as far as these rows tell.
    pub fn status(&self, update: &UpdateRow, user: &UserRow, lanes: &[LaneRow]) -> UpdateStatus {
        status::of_update(update, user, lanes, &self.routes(), &self.conditions(), self.now())
    }

    /// Waits until no route of the update is pending, at most `limit`; answers the last status and whether it came so far.
    /// The waiter must have been registered before the rows were read.
    pub async fn settled(
        &self,
        mut waiter: Waiter,
        update: &UpdateRow,
        user: &UserRow,
        mut lanes: Vec<LaneRow>,
        limit: Duration,
    ) -> (UpdateStatus, bool) {
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        loop {
            let status = self.status(update, user, &lanes);
            if !status.is_pending() {
                return (status, true);
            }
            let changed = tokio::select! {
                () = &mut deadline => None,
                changed = waiter.changed() => changed,
            };
            let Some(changed) = changed else { return (status, false) };
            match lanes.iter_mut().find(|lane| lane.route == changed.route) {
                // A change from before the rows were read; neither number ever falls.
                Some(known) if age(&changed) < age(known) => {}
                Some(known) => *known = changed,
                None => lanes.push(changed),
            }
        }
    }
}

/// Which of two rows of a lane is the later one.
fn age(row: &LaneRow) -> (u64, Version) {
    (row.lane.epoch, row.lane.want)
}
