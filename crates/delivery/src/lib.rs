//! The delivery engine: what is owed to which vendor, in which order it is sent, and what becomes of it.
//!
//! Keep state, not patches: a lane (user, route) does not queue updates. It remembers which version the vendor has
//! confirmed; what to send is derived, at the moment of sending, from the leaves newer than that.
//!
//! No SQL and no HTTP client: stores and transports are traits.

pub mod lane;
mod route;
mod time;
mod transport;

pub use route::{Enrol, Limits, Matcher, Rate, Route};
pub use time::{Clock, Millis, ProcessClock, millis, until};
pub use transport::{Preview, SendError, SendErrorKind, Transport};
