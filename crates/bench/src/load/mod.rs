//! The load generator: raw HTTP/1.1 over kept connections, as little work per request as can be.

mod closed;
mod connection;
mod open;
mod script;
mod template;

pub(crate) use closed::{Outcome, exactly, for_some_time};
pub(crate) use connection::{Answer, Connection, call};
pub(crate) use open::at_rate;
pub(crate) use script::{Script, Serial};
pub(crate) use template::{Template, USER, VALUE};
