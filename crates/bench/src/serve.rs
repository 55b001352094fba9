use std::{
    io::{self, Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::ExitCode,
    thread,
};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{Error, cores, floors, twist::Twist, vendors};

/// What the program is as a child of itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// One contestant, or the vendors
    #[command(subcommand, hide = true)]
    Serve(Role),
}

/// The roles of a child.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// The accept floor
    F1(Place),
    /// The commit floor
    F2 {
        #[command(flatten)]
        place: Place,
        /// The file of the database
        #[arg(long)]
        database: PathBuf,
    },
    /// The fan-out floor
    F3 {
        #[command(flatten)]
        place: Place,
        /// Where the vendors are
        #[arg(long = "vendor")]
        vendors: Vec<String>,
    },
    /// The four vendors
    Vendors(Place),
    /// The gateway
    Gateway {
        #[command(flatten)]
        place: Place,
        /// The configuration file
        #[arg(long)]
        config: PathBuf,
        #[command(flatten)]
        twist: Twist,
    },
}

/// Where a child runs.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// On these cores
    #[arg(long, value_delimiter = ',', required = true)]
    cores: Vec<usize>,
}

/// Runs the child until it is killed, or until nobody holds its standard input any more.
///
/// # Errors
/// Why it cannot run.
pub(crate) fn run(command: Serve) -> Result<ExitCode, Error> {
    let Serve::Serve(role) = command;
    // Before any thread is started: threads inherit it.
    cores::pin(&role.place().cores)?;
    thread::Builder::new().name("parent".to_owned()).spawn(end_with_parent)?;
    match role {
        Role::F1(place) => floors::accept::serve(place.cores.len()),
        Role::F2 { place, database } => floors::commit::serve(place.cores.len(), &database),
        Role::F3 { place, vendors } => floors::fanout::serve(place.cores.len(), &vendors),
        Role::Vendors(_) => vendors::serve(),
        Role::Gateway { config, twist, .. } => return twist.run(&config),
    }?;
    Ok(ExitCode::SUCCESS)
}

impl Role {
    fn place(&self) -> &Place {
        match self {
            Self::F1(place) | Self::Vendors(place) => place,
            Self::F2 { place, .. } | Self::F3 { place, .. } | Self::Gateway { place, .. } => place,
        }
    }
}

/// A socket of the system's choice.
///
/// # Errors
/// When there is none.
pub(crate) fn listen() -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0))
}

/// Tells the parent, in one line, that the child takes requests.
///
/// # Errors
/// When the parent has gone.
pub(crate) fn ready(what: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{what}")?;
    out.flush()
}

/// A parent that is killed leaves nobody who would end its children.
fn end_with_parent() {
    // Nothing is ever written there: it ends when the parent does.
    let _ = io::stdin().lock().read(&mut [0; 1]);
    std::process::exit(1);
}
