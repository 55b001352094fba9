//! The simulators over real connections.

mod client;

mod communal;
mod communifire;
mod control;
mod faults;
mod usercom;
mod village;
