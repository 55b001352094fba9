//! The profile-update gateway: configuration, HTTP API, operator listener, command line.

pub mod cli;
mod demo;
mod doctor;
mod serve;

mod chores;
pub mod gateway;
pub mod metrics;
mod reload;
mod rotation;
mod routes;
mod signals;
mod telemetry;
pub mod traces;
mod webhooks;

pub mod api;
pub mod operator;

pub mod config;
mod duration;
mod leaf_names;
pub mod when;

mod exit;
mod log;
mod own_path;
mod schema;
