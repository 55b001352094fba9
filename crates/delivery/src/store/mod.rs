//! What the engine asks of a store, and the values that go in and out.
//!
//! A store loads rows, calls the pure functions of [`crate::decide`], and writes what they answer, in one transaction. No
//! transition of a lane is written in a store's own language.

mod command;
mod error;
mod names;
mod query;
mod row;

use async_trait::async_trait;

pub use command::{
    Accept, Accepted, Actor, ClaimDue, Claimed, Enrol, Erase, Erased, IdempotencyKey, Note, Pass, Passed,
    Precondition, RearmLanes, RearmTarget, RegisteredRoute, Rekeyed, Rekeying, RouteRegistration, Settled,
    Settlement, Sweep, Work,
};
pub use error::{AcceptError, StoreError};
pub use names::Names;
pub use query::{
    AttemptView, LaneFilter, LaneStateFilter, LaneView, RouteCounts, UpdateCursor, UserSnapshot,
    WithoutIdentity,
};
pub use row::{
    AttemptRow, IdentityAct, LaneId, LaneRow, RouteId, RouteVerdict, UpdateId, UpdateRow, UserRow, Verdict,
};

use crate::{
    Millis,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditRow},
    event::{Condition, Event, Facts},
    gate::Pause,
    lane::Version,
};
use canonical::UserId;

/// Where users, lanes and updates are kept.
///
/// Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Gives each configured route its id and answers how it was left; the names that are not configured stay as they are.
    ///
    /// # Errors
    /// [`StoreError::RouteChanged`] when a name now means another vendor, subject kind or origin.
    async fn register_routes(
        &self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError>;

    /// Finds what the last process left in flight or suspect, and lets it wait; call once, before anything is claimed.
    ///
    /// # Errors
    /// When the store fails.
    async fn start(&self, windows: Vec<(RouteId, Millis)>, now: Millis) -> Result<u64, StoreError>;

    /// Takes one update.
    ///
    /// # Errors
    /// Why it is refused; nothing is stored then.
    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError>;

    /// Claims due lanes of one route.
    ///
    /// # Errors
    /// When the store fails; nothing was claimed then.
    async fn claim(&self, claim: ClaimDue) -> Result<Claimed, StoreError>;

    /// Records what became of an attempt.
    ///
    /// # Errors
    /// When the store fails; the lane then stays in flight until the next start.
    async fn settle(&self, settlement: Settlement) -> Result<Settled, StoreError>;

    /// Whether another lane of the route than this one has the person whom the vendor calls so.
    ///
    /// # Errors
    /// When the store fails.
    async fn is_of_another(&self, route: RouteId, lane: LaneId, witness: String) -> Result<bool, StoreError>;

    /// Gives the subjects of a route the keys by which it compares them now; call before anything of the route is accepted or
    /// claimed. Repeating it, after a process that ended in between, too, changes nothing more.
    ///
    /// # Errors
    /// When the store fails; it is then to be called again.
    async fn rekey(&self, rekeying: Rekeying) -> Result<Rekeyed, StoreError>;

    /// Forgets a user; none when there is no such user. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    async fn erase(&self, erase: Erase) -> Result<Option<Erased>, StoreError>;

    /// Applies an event to lanes that stand still; answers how many were changed.
    ///
    /// # Errors
    /// When the store fails.
    async fn rearm(&self, rearm: RearmLanes) -> Result<u64, StoreError>;

    /// Looks through the next lanes of a route, where the last call for it has ended, in whatever process. What they owe under the
    /// current mapping is to be sent, as bulk.
    ///
    /// # Errors
    /// When the store fails.
    async fn pass(&self, pass: Pass) -> Result<Passed, StoreError>;

    /// Gives a lane at a route to every user whom the route could address and has none for; answers how many.
    ///
    /// # Errors
    /// When the store fails.
    async fn enrol(&self, enrol: Enrol) -> Result<u64, StoreError>;

    /// Stores that a route is paused, or open again.
    ///
    /// # Errors
    /// When the store fails.
    async fn set_pause(
        &self,
        route: RouteId,
        pause: Option<Pause>,
        by: Actor,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Writes an entry of the audit.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError>;

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

    /// Entries of the audit, newest first.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError>;

    /// Entries of the audit as they are stored, oldest first, after the one with this number; none: from the first.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;

    /// Where the audit ends, as this store has written it: what is stored may have been changed by somebody else since.
    ///
    /// # Errors
    /// When the store fails.
    async fn audit_head(&self) -> Result<AuditHead, StoreError>;

    /// Notes whether something is the matter with a route. When that has changed ([`crate::decide::note_event`]), an event tells of
    /// it; answers whether it has.
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

    /// Notes that a webhook has been told every event up to this number.
    ///
    /// # Errors
    /// When the store fails; the webhook may then be told again.
    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError>;

    /// Proves that the store can write.
    ///
    /// # Errors
    /// When it cannot.
    async fn check(&self) -> Result<(), StoreError>;

    /// Removes what has been kept long enough; answers how many rows.
    ///
    /// # Errors
    /// When the store fails.
    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError>;

    /// Commits what is under way and closes; every later call fails with [`StoreError::Closed`].
    async fn close(&self);
}

/// Told of every change of lanes after it is durable, on the store's own thread: must be quick and must not call the store.
pub trait Observer: Send + Sync + std::fmt::Debug {
    /// These lanes have changed, each told once, as it is after the commit.
    fn committed(&self, lanes: &[(UserId, LaneRow)]);
}
