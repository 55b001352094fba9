//! Contract suites: one per trait, run by every implementation, ours or a stranger's.

pub mod adapter;
pub mod memory_store;
pub mod routes;
pub mod store_suite;
