//! How the routes stand, and how a page learns of it without being loaded again.

mod board;
mod chart;
mod counts;
mod events;
mod history;
mod parts;
mod route_now;
mod streams;
mod watch;

pub use board::Board;
pub(super) use counts::Counts;
pub(super) use events::events;
pub(super) use parts::Part;
pub(super) use route_now::{RouteNow, look, look_at, names};
pub(super) use streams::Streams;
pub use watch::watch;
