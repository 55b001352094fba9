//! One vendor is in trouble, and what the others take is measured.
//!
//! A sample has a gateway, a database and vendors of its own. Callers introduce people at a steady rate, each update is one
//! request at every route, and the time from asking to the arrival at each vendor that is well is measured; then they
//! introduce many people at once, and the time until all have arrived is measured. Samples with and without the trouble
//! alternate, so that a noisy machine disturbs both alike.

mod compare;
mod judge;
mod sample;
mod trouble;

pub use compare::{Comparison, compare};
pub use judge::{Judgement, judge};
pub use sample::Load;
pub use trouble::Trouble;
