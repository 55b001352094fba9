//! Values and secrets are planted and looked for in everything that leaves the gateway but the requests they belong to.

mod answers;
mod commands;
mod echo;
mod erase;
mod log;
mod planted;
