//! What has become of an update, and how a user stands at each route: pure functions of rows, for the API to show.

mod lane;
mod leaf;
mod next;
mod stop;
mod update;
mod user;

#[cfg(test)]
mod tests;

pub use lane::{LaneStanding, of_lane, of_lane_of};
pub use leaf::{LeafStanding, LeafState, of_leaves};
pub use next::{Opening, next_attempt_at, next_try_at, opening};
pub(crate) use stop::stopped;
pub use update::{
    Reason, RouteState, RouteStatus, UpdateStatus, WaitingFor, of_update, pending, waiting_for,
};
pub use user::{KeptLeaf, Standing, StandingState, of_user};
