//! The two listeners of the gateway: the callers' API, and the operators' API, pages and metrics.
//!
//! Both read requests strictly, ask [`delivery::engine::Engine`], and show what became of it. Nothing here decides what a vendor is sent.

pub mod callers;
pub mod doctor;
pub mod metrics;
pub mod operators;
pub mod schema;
pub mod traces;
