//! The process is killed again and again under load, and the history of what everybody saw is judged.
//!
//! A batch has people of its own. Callers change them while the vendors misbehave; the process ends in each cycle at a moment
//! of its own and starts again. After the last cycle the vendors behave, everything comes to rest, and
//! [`proof::history::check`] judges the batch.

mod board;
mod call;
mod callers;
mod cycles;
mod figures;
mod gather;
mod ledger;
mod lives;
mod operators;
mod people;
mod requests;
mod routes;
mod sends;
mod weather;

pub use cycles::{Cycles, Sabotage};
pub use figures::Figures;
