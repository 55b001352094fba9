//! What a store is to write: pure functions from loaded rows and a command. Every store runs these and nothing else, so
//! that what is proven of one store holds for all.

mod accept;
mod audit;
mod claim;
mod due;
mod enrol;
mod erase;
mod event;
mod rearm;
mod rekey;
mod settle;
mod start;
mod witness;

#[cfg(test)]
mod tests;

pub use accept::{AcceptWrites, Loaded, accept, identity_keys, next_manager};
pub use audit::{block_audit, pause_audit, probe_audit, rearm_audit, verify_audit};
pub use claim::{ClaimLoaded, claim};
pub use due::{Chosen, Due, choose, is_retry};
pub use enrol::enrol;
pub use erase::{EraseWrites, erase};
pub use event::{note_event, pause_event};
pub use rearm::{is_for_attention, needs_attention, rearm};
pub use rekey::{keeps_subject, rekey};
pub use settle::{needs_profile, settle};
pub use start::{start, too_far};
pub use witness::{new_witness, went_to_another_person};
