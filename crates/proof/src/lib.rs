//! The proof that nothing is lost and nothing goes out of order.
//!
//! [`world`] runs the real engine with the real dialects against simulated vendors, in virtual time, from one seed;
//! [`model`] runs one lane so,
//! without an engine and far more often; [`history`] judges what clients, gateway and vendors saw, whether it comes from there or from a real process.

pub mod history;
pub mod model;
pub mod seeded;
pub mod world;
