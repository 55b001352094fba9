use async_trait::async_trait;
use canonical::UserId;
use delivery::{
    LaneId, RouteId, UpdateId,
    lane::Version,
    store::{
        AttemptView, LaneFilter, LaneView, Reads, RouteCounts, StoreError, UpdateCursor, UpdateRow,
        UserSnapshot, WithoutIdentity,
    },
};

use super::SqliteStore;
use crate::{journal, read, updates};

#[async_trait]
impl Reads for SqliteStore {
    async fn user(&self, user: &UserId) -> Result<Option<UserSnapshot>, StoreError> {
        let (user, ways) = (user.clone(), self.readers.ways());
        self.read(move |connection| read::user(connection, &ways, user)).await
    }

    async fn update(&self, id: UpdateId) -> Result<Option<UpdateRow>, StoreError> {
        self.read(move |connection| updates::load(connection, id)).await
    }

    async fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Result<Vec<UpdateRow>, StoreError> {
        let user = user.clone();
        self.read(move |connection| updates::of_user(connection, &user, after, limit)).await
    }

    async fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Result<Vec<RouteId>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(read::taken(connection, &user, keys)?)).await
    }

    async fn lanes(&self, filter: LaneFilter) -> Result<Vec<LaneView>, StoreError> {
        let ways = self.readers.ways();
        self.read(move |connection| read::lanes(connection, &ways, &filter)).await
    }

    async fn last_lane(&self) -> Result<Option<LaneId>, StoreError> {
        self.read(|connection| Ok(read::last_lane(connection)?)).await
    }

    async fn attempts(&self, lane: LaneId, limit: u32) -> Result<Vec<AttemptView>, StoreError> {
        self.read(move |connection| Ok(journal::attempts(connection, lane, limit)?)).await
    }

    async fn without_identity(&self, wanted: WithoutIdentity) -> Result<Vec<(UserId, Version)>, StoreError> {
        self.read(move |connection| Ok(read::without_identity(connection, &wanted)?)).await
    }

    async fn counts(&self, route: RouteId) -> Result<RouteCounts, StoreError> {
        self.read(move |connection| read::counts(connection, route)).await
    }
}
