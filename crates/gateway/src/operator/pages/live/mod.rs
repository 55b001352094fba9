//! How the routes stand, and how a page learns of it without being loaded again.

mod board;
mod chart;
mod events;
mod history;
mod parts;
mod route_now;
mod watch;

pub use board::Board;
pub(super) use events::{MOST_STREAMS, events};
pub(super) use route_now::{RouteNow, look};
pub use watch::watch;
