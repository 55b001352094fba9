use async_trait::async_trait;
use canonical::UserId;

use super::{
    AttemptView, LaneFilter, LaneView, RouteCounts, StoreError, UpdateCursor, UpdateRow, UserSnapshot,
    WithoutIdentity,
};
use crate::lane::Version;
use crate::{LaneId, RouteId, UpdateId};

/// Reads users, updates and lanes. Nothing here changes anything.
#[async_trait]
pub trait Reads: Send + Sync {
    /// A user with all its lanes; none when it was never seen.
    ///
    /// # Errors
    /// When the store fails.
    async fn user(&self, user: &UserId) -> Result<Option<UserSnapshot>, StoreError>;

    /// One update.
    ///
    /// # Errors
    /// When the store fails.
    async fn update(&self, id: UpdateId) -> Result<Option<UpdateRow>, StoreError>;

    /// The updates of a user, newest first, after the cursor. Two that were under way together may come in either order.
    ///
    /// # Errors
    /// When the store fails.
    async fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Result<Vec<UpdateRow>, StoreError>;

    /// The routes at which another user than this one has the given subject key.
    ///
    /// # Errors
    /// When the store fails.
    async fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Result<Vec<RouteId>, StoreError>;

    /// Lanes by state and route, in the order of their ids, after the given one.
    ///
    /// # Errors
    /// When the store fails.
    async fn lanes(&self, filter: LaneFilter) -> Result<Vec<LaneView>, StoreError>;

    /// The greatest id of a lane; none before there is one.
    ///
    /// # Errors
    /// When the store fails.
    async fn last_lane(&self) -> Result<Option<LaneId>, StoreError>;

    /// The latest attempts of a lane that were not successes at the first try, newest first.
    ///
    /// # Errors
    /// When the store fails.
    async fn attempts(&self, lane: LaneId, limit: u32) -> Result<Vec<AttemptView>, StoreError>;

    /// Living users who have no lane at a route, by their ids, with their versions.
    ///
    /// # Errors
    /// When the store fails.
    async fn without_identity(&self, wanted: WithoutIdentity) -> Result<Vec<(UserId, Version)>, StoreError>;

    /// How many lanes of a route stand how.
    ///
    /// # Errors
    /// When the store fails.
    async fn counts(&self, route: RouteId) -> Result<RouteCounts, StoreError>;
}
