//! The proof in its long form: round after round, each with seeds of its own.
//!
//! `cargo run --release -p e2e --bin soak -- --minutes 60`

mod cargo;
mod crash;
mod disk;
mod fuzz;
mod isolation;
mod java;
mod part;
mod upgrade;
mod world;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;

use crate::part::Part;

/// Runs the proof in its long form, and prints figures as it goes. With the usual number of rounds: 20,000 seeds of the
/// simulated world, 1,000 ends of the real process under load, 20,000 losses of power, ten million inputs for each parser, a
/// failure of every single call to the disk, turns with the gateway of the commit before, what a vendor's trouble costs
/// the others, and a client of the JDK.
#[derive(Parser)]
struct Arguments {
    /// How many rounds.
    #[arg(long, default_value_t = 50)]
    rounds: u64,
    /// Begin no further round after so many minutes.
    #[arg(long)]
    minutes: Option<u64>,
    /// The number of the first round; other rounds have other seeds.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Only these parts.
    #[arg(long, value_delimiter = ',', value_parser = ["world", "crash", "upgrade", "power", "disk", "fuzz", "isolation", "java"])]
    only: Vec<String>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut parts = part::all();
    parts.retain(|part| arguments.only.is_empty() || arguments.only.iter().any(|only| only == part.name()));
    let end = arguments.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let mut failures = Vec::new();
    for round in arguments.first..arguments.first + arguments.rounds {
        if end.is_some_and(|end| Instant::now() > end) {
            break;
        }
        for part in &mut parts {
            let began = Instant::now();
            let told = part.round(round);
            let mut out = io::stdout().lock();
            match told {
                Ok(told) => writeln!(out, "{round:4} {:9} {:5.1?} {told}", part.name(), began.elapsed())?,
                Err(failure) => {
                    writeln!(out, "{round:4} {:9} FAILED\n{failure}", part.name())?;
                    failures.push(format!("{} in round {round}", part.name()));
                }
            }
        }
    }
    summary(&parts, &failures)
}

fn summary(parts: &[Box<dyn Part>], failures: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out)?;
    for part in parts {
        writeln!(out, "{}: {}", part.name(), part.figures())?;
    }
    if failures.is_empty() {
        writeln!(out, "every promise was kept")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "FAILED: {}", failures.join(", "))?;
    Ok(ExitCode::FAILURE)
}
