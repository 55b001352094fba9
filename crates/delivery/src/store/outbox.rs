use async_trait::async_trait;

use super::{Note, StoreError};
use crate::RouteId;
use crate::event::{Condition, Event, Facts};

/// Events for webhooks, and how far each webhook has got.
///
/// Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Records whether a condition holds for a route. Appends an event and returns true when that changed
    /// ([`crate::decide::note_event`]).
    ///
    /// # Errors
    /// When the store fails.
    async fn note(&self, note: Note) -> Result<bool, StoreError>;

    /// What is the matter with which route, and with which facts that was told last.
    ///
    /// # Errors
    /// When the store fails.
    async fn conditions(&self) -> Result<Vec<(RouteId, Condition, Facts)>, StoreError>;

    /// Events, oldest first, after the one with this number.
    ///
    /// # Errors
    /// When the store fails.
    async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// The number of the last event that a webhook has been told. One that is new is told of what happens from now on.
    ///
    /// # Errors
    /// When the store fails.
    async fn subscribe(&self, webhook: String) -> Result<i64, StoreError>;

    /// Advances the cursor of a webhook to this event.
    ///
    /// # Errors
    /// When the store fails; the webhook may then be told again.
    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError>;
}
