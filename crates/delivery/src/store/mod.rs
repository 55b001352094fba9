//! What the engine asks of a store, and the values that go in and out.
//!
//! A store loads rows, calls the pure functions of [`crate::decide`], and writes what they answer, in one transaction. No
//! transition of a lane is written in a store's own language.

mod audit;
mod lanes;
mod outbox;
mod reads;
mod upkeep;

mod command;
mod error;
mod names;
mod query;
mod row;

pub use audit::Audit;
pub use lanes::Lanes;
pub use outbox::Outbox;
pub use reads::Reads;
pub use upkeep::Upkeep;

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
pub use row::{AttemptRow, IdentityAct, LaneRow, RouteVerdict, UpdateRow, UserRow, Verdict};

use canonical::UserId;

/// Where users, lanes and updates are kept.
pub trait Store: Lanes + Reads + Audit + Outbox + Upkeep + std::fmt::Debug {}

impl<T: Lanes + Reads + Audit + Outbox + Upkeep + std::fmt::Debug> Store for T {}

/// Told of every change of lanes after it is durable, on the store's own thread: must be quick and must not call the store.
pub trait Observer: Send + Sync + std::fmt::Debug {
    /// These lanes have changed, each told once, as it is after the commit.
    fn committed(&self, lanes: &[(UserId, LaneRow)]);
}
