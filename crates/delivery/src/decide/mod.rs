//! What a store is to write: pure functions from loaded rows and a command. Every store runs these and nothing else, so
//! that what is proven of one store holds for all.

mod accept;
mod claim;
mod erase;
mod rearm;
mod settle;

#[cfg(test)]
mod tests;

pub use accept::{AcceptWrites, Loaded, accept, identity_keys};
pub use claim::{ClaimLoaded, claim};
pub use erase::{EraseWrites, erase};
pub use rearm::rearm;
pub use settle::{needs_profile, settle};
