use async_trait::async_trait;
use delivery::{
    RouteId,
    event::{Condition, Event, Facts},
    store::{Note, Outbox, StoreError},
};

use super::SqliteStore;
use crate::{
    events,
    op::{Op, Other},
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn note(&self, note: Note) -> Result<bool, StoreError> {
        self.ask(|reply| Op::Other(Other::Note(note, reply))).await
    }

    async fn conditions(&self) -> Result<Vec<(RouteId, Condition, Facts)>, StoreError> {
        self.read(|connection| Ok(events::conditions(connection)?)).await
    }

    async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.read(move |connection| Ok(events::list(connection, after, limit)?)).await
    }

    async fn subscribe(&self, webhook: String) -> Result<i64, StoreError> {
        self.ask(|reply| Op::Other(Other::Subscribe(webhook, reply))).await
    }

    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Told((webhook, seq), reply))).await
    }
}
