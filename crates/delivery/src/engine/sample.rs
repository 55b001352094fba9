use std::collections::BTreeSet;

use canonical::UserId;

use super::Engine;
use crate::{
    LaneId, RouteId,
    lane::State,
    store::{LaneFilter, StoreError},
};

/// How many lanes are read at once in search of the next user of a sample.
const PAGE: u32 = 50;

impl Engine {
    /// Users who have a lane, at a route or at any, picked at random: from each of `count` random places among the lanes the next
    /// user who was not picked before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sample(&self, route: Option<RouteId>, count: usize) -> Result<Vec<UserId>, StoreError> {
        let Some(LaneId(last)) = self.store().last_lane().await? else { return Ok(Vec::new()) };
        let mut picked = BTreeSet::new();
        let mut users = Vec::new();
        while users.len() < count {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "a place, roughly"
            )]
            let start = (self.jitter() * last as f64) as i64;
            let Some(user) = self.next_user(route, start, &picked).await? else { break };
            picked.insert(user.to_string());
            users.push(user);
        }
        Ok(users)
    }

    /// The user of the first lane after `start` who was not picked, beginning again at the first lane behind the last one.
    async fn next_user(
        &self,
        route: Option<RouteId>,
        start: i64,
        picked: &BTreeSet<String>,
    ) -> Result<Option<UserId>, StoreError> {
        let (mut after, mut wrapped) = (start, false);
        loop {
            let filter =
                LaneFilter { route, after: Some(LaneId(after)), limit: PAGE, ..LaneFilter::default() };
            let lanes = self.store().lanes(filter).await?;
            let is_new = |user: &UserId| !picked.contains(user.as_str());
            let new = lanes.iter().find(|lane| lane.row.lane.state != State::Erased && is_new(&lane.user));
            if let Some(lane) = new {
                return Ok(Some(lane.user.clone()));
            }
            let end = lanes.last().and_then(|lane| lane.row.id).filter(|_| lanes.len() == PAGE as usize);
            match end {
                Some(LaneId(end)) if wrapped && end >= start => return Ok(None),
                Some(LaneId(end)) => after = end,
                None if wrapped => return Ok(None),
                None => (after, wrapped) = (0, true),
            }
        }
    }
}
