use std::{collections::BTreeMap, time::Duration};

use canonical::UserId;

use super::{Engine, Waiter};
use crate::{
    RouteId,
    gate::RouteCondition,
    status::{self, UpdateStatus},
    store::{LaneRow, UpdateRow, UserRow},
};

impl Engine {
    /// What keeps each route from sending now.
    pub fn conditions(&self) -> BTreeMap<RouteId, RouteCondition> {
        let now = self.now();
        self.current().runtimes.iter().map(|(id, runtime)| (*id, runtime.condition(now))).collect()
    }

    /// Registers interest in a user's lanes.
    pub fn wait_for(&self, user: &UserId) -> Waiter {
        self.inner.hub.wait_for(user)
    }

    /// What has become of an update, as far as these rows tell.
    pub fn status(&self, update: &UpdateRow, user: &UserRow, lanes: &[LaneRow]) -> UpdateStatus {
        let (current, now) = (self.current(), self.now());
        let condition = |id| current.runtimes.get(&id).map(|runtime| runtime.condition(now));
        let condition = |id| condition(id).unwrap_or_default();
        status::of_update(update, user, lanes, &current.routes, condition, now)
    }

    /// Waits until no route of the update is pending, at most `limit`; answers the last status and whether it came so far.
    /// The waiter must have been registered before the rows were read.
    pub async fn settled(
        &self,
        waiter: Waiter,
        update: &UpdateRow,
        user: &UserRow,
        lanes: Vec<LaneRow>,
        limit: Duration,
    ) -> (UpdateStatus, bool) {
        let pending = |lanes: &[LaneRow]| status::pending(update, user, lanes, &self.routes());
        // Whether it came so far is asked of the status itself.
        let _ = tokio::time::timeout(limit, waiter.until_none(lanes, pending)).await;
        let status = self.status(update, user, &waiter.into_lanes());
        let settled = !status.is_pending();
        (status, settled)
    }
}
