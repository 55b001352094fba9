//! The simulators over real connections.

mod client;

mod communal;
mod communifire;
mod control;
mod faults;
mod reading;
mod usercom;
mod village;
