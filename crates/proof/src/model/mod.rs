//! One person, one route, and a vendor that loses answers, applies lost requests late, queues, refuses values, keeps what cannot be
//! cleared and only adds to sets; callers, reloads, another base URL, another identity, erases, crashes, operators.
//!
//! The planner, the decisions over rows and the status are the real ones. After every step each word about each field is held
//! against the vendor's own record at that moment. Not modelled: rates, permits, breakers, pauses, several routes, the store;
//! the simulated world ([`crate::world`]) has these.

mod check;
mod happen;
mod run;
mod send;
mod vendor;
mod wording;

mod rules;

pub use run::{Told, run};
