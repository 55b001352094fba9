//! Accepts, claims, settles and erases over rows, without a store.

mod accepts;
mod claims;
mod erases;
mod plans;

use std::{sync::Arc, time::Duration};

use adapter::Fate;
use canonical::{Leaf, Patch, Rules};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    Enrol, LaneId, RouteId, RouteSet,
    lane::{BlockReason, Outcome, Priority, Sent, Settle, State},
    planner,
    store::*,
    testing::route,
};

const COMMUNAL: RouteId = RouteId(1);
const VILLAGE: RouteId = RouteId(2);

fn routes() -> Arc<RouteSet> {
    let communal = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let village = adapter_village::Adapter::new(adapter_village::Options { network_id: "n1".to_owned() });
    Arc::new(RouteSet::new([
        (COMMUNAL, route("communal", Arc::new(communal), Enrol::Identity)),
        (VILLAGE, route("village", Arc::new(village), Enrol::Email)),
    ]))
}

/// A store of one user.
struct World {
    routes: Arc<RouteSet>,
    user: Option<UserRow>,
    lanes: Vec<LaneRow>,
    taken: Vec<RouteId>,
}

impl World {
    fn new() -> Self {
        Self { routes: routes(), user: None, lanes: Vec::new(), taken: Vec::new() }
    }

    fn command(&self, body: &serde_json::Value) -> Accept {
        Accept {
            id: Uuid::now_v7(),
            user: "crm-42".parse().expect("a user id"),
            patch: Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch"),
            precondition: Precondition::None,
            idempotency: None,
            caller: Actor("crm".to_owned()),
            may_create: true,
            may_operate: false,
            trace: None,
            routes: Arc::clone(&self.routes),
            grants: Vec::new(),
            priority: Priority::Interactive,
            now: 1_000,
        }
    }

    fn try_accept(&mut self, command: &Accept) -> Result<UpdateRow, AcceptError> {
        let writes = accept(command, self.loaded())?;
        self.user = Some(writes.user);
        for (at, mut row) in writes.lanes.into_iter().enumerate() {
            row.id = row.id.or(Some(LaneId(at as i64 + 1)));
            self.lanes.retain(|lane| lane.route != row.route);
            self.lanes.push(row);
        }
        Ok(writes.update)
    }

    fn accept(&mut self, body: &serde_json::Value) -> UpdateRow {
        let command = self.command(body);
        self.try_accept(&command).expect("accepted")
    }

    fn refused(&mut self, body: &serde_json::Value) -> AcceptError {
        let command = self.command(body);
        self.try_accept(&command).expect_err("refused")
    }

    fn user(&self) -> &UserRow {
        self.user.as_ref().expect("a user")
    }

    fn lane(&self, id: RouteId) -> &LaneRow {
        self.lanes.iter().find(|row| row.route == id).expect("a lane")
    }

    fn claim(&mut self, id: RouteId, taken: bool) -> Option<Work> {
        let row = self.lane(id).clone();
        let mut loaded =
            ClaimLoaded { row, user_id: "crm-42".parse().expect("a user id"), user: self.user().clone() };
        let work = claim(&self.routes, &mut loaded, 2_000, |_| taken);
        self.lanes.retain(|lane| lane.route != id);
        self.lanes.push(loaded.row);
        work
    }

    fn settle(&mut self, work: &Work, outcome: Outcome) -> bool {
        let place = Some(work.claim.place);
        self.settle_sent(
            work,
            Sent { payload: work.claim.payload.clone(), place, ..Sent::default() },
            outcome,
        )
    }

    fn settle_sent(&mut self, work: &Work, sent: Sent, outcome: Outcome) -> bool {
        let epoch = work.claim.epoch;
        let settle = Settle { epoch, started_at: 2_000, sent, is_partly_applied: false, outcome };
        let route = Arc::clone(self.routes.get(work.route).expect("a route"));
        let settlement = Settlement { lane: work.lane, route, settle, attempt: None, now: 2_100 };
        let user = self.user().clone();
        let row = self.lanes.iter_mut().find(|row| row.route == work.route).expect("a lane");
        super::settle(settlement, row.lane_mut(), Some(&user))
    }

    fn loaded(&self) -> Loaded {
        let (user, lanes, taken) = (self.user.clone(), self.lanes.clone(), self.taken.clone());
        Loaded { user, lanes, taken, manager: Default::default() }
    }

    fn verdict(update: &UpdateRow, id: RouteId) -> Verdict {
        update.verdicts[&id].verdict
    }
}

fn ok() -> Outcome {
    Outcome::Ok { witness: None, unverified: Vec::new() }
}

fn jane() -> serde_json::Value {
    json!({"given_name": "Jane", "family_name": "Doe", "email": "Jane@x.org", "identities": {"communal": 89}})
}
