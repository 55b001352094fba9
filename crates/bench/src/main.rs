//! The gateway beside its physical floor: everything on loopback, in one run, in turns.
//!
//! `cargo run --release -p bench`

mod aging;
mod bench;
mod child;
mod cores;
mod debts;
mod floors;
mod line;
mod load;
mod machine;
mod options;
mod others;
mod process;
mod report;
mod serve;
mod slow_disk;
mod stats;
mod subject;
mod table;
mod tables;
mod twist;
mod vendors;
mod wire;

use std::process::ExitCode;

use clap::Parser;

use crate::{bench::Bench, options::Arguments, others::Others};

/// The gateway's; the floors have it, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What ends a run: the figures would mean nothing.
type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(command) => serve::run(command),
        None => measure(&arguments),
    };
    match done {
        Ok(exit) => exit,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<ExitCode, Error> {
    let chosen = tables::chosen(&arguments.only);
    let bench = Bench::new(arguments)?;
    let mut report = report::Report::begin(&bench)?;
    for (name, run) in chosen {
        let others = Others::begin(bench.vendors.process())?;
        let mut table = run(&bench).map_err(|error| format!("{name}: {error}"))?;
        table.disturbed_by(others.cores()?);
        report.add(table)?;
    }
    report.write(arguments.json.as_deref())?;
    Ok(ExitCode::SUCCESS)
}
