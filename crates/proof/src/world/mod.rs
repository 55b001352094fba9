//! The engine in a simulated world: real planner, lanes, dispatchers, gates, backoff and dialects; vendors, clients,
//! operators, clock and store simulated; one seed behind every chance.
//!
//! A run has two phases: chaos, and then calm, in which everything must come to rest within a bound. A process is a runtime
//! of its own, so that a crash ends all its tasks at once; what is on its way to a vendor then still arrives.

mod dice;
mod trace;

mod options;
mod options_text;
mod report;
mod run;

mod people;
mod script;

mod chaos_store;
mod manners;
mod routes;
mod switch;
mod transport;
mod trouble;
mod vendors;
mod weather;
mod words;

mod agenda;
mod clients;
mod gather;
mod life;
mod operators;
mod shared;
mod state;

mod figures;
mod isolation;

pub use dice::Dice;
pub use figures::Figures;
pub use isolation::{delays, differences, tries};
pub use options::{Clock, Crashes, Faults, Options, Reassert, Stress};
pub use report::Report;
pub use run::run;
pub use weather::Weather;
