//! The real binary against the simulators: what the tests in `it/` are written with.
//!
//! A [`World`] has the four simulators, a directory with a configuration, and a key. [`World::start`] runs the binary there as
//! a process of its own, which a test may stop, kill and start again. When the world ends, no simulator may have seen a request
//! that a gateway must never send.

mod binary;
mod client;
mod http;
mod people;
mod process;
mod receiver;
mod sent;
mod settings;
mod wait;
mod world;

pub mod crash;
pub mod dump;
pub mod isolation;
pub mod previous;

pub use binary::{binary, run};
pub use client::Client;
pub use http::{Response, request};
pub use people::Person;
pub use process::Gateway;
pub use receiver::{Message, Receiver};
pub use sent::{field, fields, subject};
pub use settings::Settings;
pub use vendor_sim::Vendor;
pub use wait::{PATIENCE, eventually, within};
pub use world::World;
