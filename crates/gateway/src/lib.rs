//! The profile-update gateway: configuration, HTTP API, operator listener, command line.

pub mod cli;
mod demo;
mod serve;

pub mod gateway;
mod reload;
mod rotation;

pub mod api;
pub mod operator;

pub mod config;
pub mod when;

mod log;
mod schema;
