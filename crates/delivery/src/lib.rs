//! The delivery engine: what is owed to which vendor, in which order it is sent, and what becomes of it.
//!
//! Keep state, not patches: a lane (user, route) does not queue updates. It remembers which version the vendor has
//! confirmed; what to send is derived, at the moment of sending, from the leaves newer than that.
//!
//! No SQL and no HTTP client: stores and transports are traits.

pub mod audit;
mod backoff;
pub mod decide;
pub mod drift;
pub mod engine;
pub mod event;
pub mod failure;
pub mod gate;
mod ids;
pub mod lane;
pub mod mutation;
pub mod plan;
pub mod planner;
pub mod reading;
mod route;
mod route_set;
pub mod status;
pub mod store;
mod telemetry;
#[cfg(test)]
mod testing;
mod time;
mod trace;
mod transport;

pub use backoff::{Jitter, SeededJitter, lane_backoff};
pub use ids::{LaneId, RouteId, UpdateId};
pub use route::{Enrol, Limits, Matcher, Rate, Route};
pub use route_set::RouteSet;
pub use telemetry::{Attempted, NoTelemetry, Telemetry};
pub use time::{Clock, Millis, ProcessClock, millis, until};
pub use trace::{NoTrace, TraceContext};
pub use transport::{Preview, SendError, SendErrorKind, Transport};
