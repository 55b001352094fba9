//! The binary `profile-gateway`: starts, reloads and stops what the other crates do, tells webhooks, and is the command line.

pub mod cli;
mod demo;
mod serve;

mod chores;
pub mod gateway;
mod reload;
mod routes;
mod signals;
mod telemetry;
mod webhooks;

mod exit;
mod log;
