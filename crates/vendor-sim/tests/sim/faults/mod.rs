//! Faults on the wire.

mod aiming;
mod answers;
mod applying;
mod connections;

use std::io::{self, Read as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vendor_sim::{Apply, Fault, FaultRule, RetryAfter, Simulator, Vendor};

use crate::client::{Answer, BOUND, JANE, ask, field, headers, put_jane, read, start, write};

fn communal_with(fault: Fault) -> Simulator {
    let sim = start(Vendor::Communal);
    sim.control().add_fault(FaultRule::once(fault));
    sim
}

/// A request whose answer is still to be read.
fn write_jane(sim: &Simulator) -> io::Result<TcpStream> {
    write(sim, "PUT /api/users/89", &headers(Vendor::Communal), JANE)
}

/// The outcome of a request that may get no answer.
fn try_jane(sim: &Simulator) -> io::Result<Answer> {
    read(write_jane(sim)?)
}

fn last_name(sim: &Simulator) -> Value {
    field(sim, "89", "last_name")
}
