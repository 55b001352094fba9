use std::collections::BTreeMap;

use canonical::UserId;
use delivery::{
    Route,
    lane::{BlockReason, State},
    status::{self, LaneStanding},
    store::{LaneView, Store, StoreError, UserRow},
};

/// The users whose lanes wait for a value that the vendor needs. A lane alone does not tell whether it is missing or cannot be sent.
#[derive(Debug, Default)]
pub(crate) struct Needy(BTreeMap<UserId, UserRow>);

impl Needy {
    /// Those among these lanes.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn of(store: &dyn Store, lanes: &[LaneView]) -> Result<Self, StoreError> {
        let mut users = BTreeMap::new();
        for view in lanes.iter().filter(|view| view.row.lane.state == NEEDS_DATA) {
            if let Some(found) = store.user(&view.user).await? {
                users.insert(found.id, found.user);
            }
        }
        Ok(Self(users))
    }

    /// How a lane stands, and what becomes of each leaf that it is about.
    pub(crate) fn standing(&self, view: &LaneView, route: Option<&Route>) -> LaneStanding {
        match route.zip(self.0.get(&view.user)) {
            Some((route, user)) => status::of_lane_of(route, user, &view.row.lane),
            None => status::of_lane(&view.row.lane),
        }
    }
}

const NEEDS_DATA: State = State::Blocked(BlockReason::NeedsData);
