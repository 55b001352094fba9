//! What clients, gateway and vendors saw of one run, and the judgement on it.
//!
//! The gateway hands out one order per user, so no search is needed: [`check`] takes time linear in the history. A history
//! is plain data about wire fields; whoever records one translates canonical values with the routes' own mappings.

mod check;
mod duplicates;
mod ends;
mod record;
mod sends;
mod together;
pub mod translate;
mod verdict;
mod versions;
pub mod wire;

#[cfg(test)]
mod tests;

pub use check::check;
pub(crate) use check::check_settled;
pub(crate) use ends::is_same;
pub use record::{
    Answer, Change, Form, History, Kind, LaneEnd, Ms, Nudge, Op, Outcome, RouteFacts, Send, Standing,
    UserEnd, Wire, Write,
};
pub use verdict::{Cause, Finding, Verdict};
