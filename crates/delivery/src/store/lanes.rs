use async_trait::async_trait;

use super::{
    Accept, AcceptError, Accepted, Actor, ClaimDue, Claimed, Enrol, Erase, Erased, Pass, Passed, RearmLanes,
    RegisteredRoute, Rekeyed, Rekeying, RouteRegistration, Settled, Settlement, StoreError,
};
use crate::{LaneId, RouteId};
use crate::{Millis, gate::Pause};

/// Changes users and their lanes: each method is one transaction, which runs the pure functions of [`crate::decide`].
///
/// Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Lanes: Send + Sync {
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
}
