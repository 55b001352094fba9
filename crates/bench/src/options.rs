use std::path::PathBuf;

use clap::Parser;

use crate::{serve::Serve, tables};

/// Measures the gateway beside its physical floor: the same bodies, the same users, the same four vendors that answer at
/// once, all on loopback and in turns. Prints medians with the least and the most, and ratios.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Serve>,
    /// Only these tables
    #[arg(long, value_delimiter = ',', value_parser = tables::names(), value_name = "TABLE")]
    pub(crate) only: Vec<String>,
    /// How often each contestant has its turn
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// How long one turn is measured
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,
    /// How many users there are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(256..=10_000_000))]
    users: Option<u64>,
    /// A short run with few users, which shows that everything works; its figures mean nothing
    #[arg(long)]
    quick: bool,
    /// Where the figures go as JSON; without it, below the target directory
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// How often each contestant has its turn.
    pub(crate) rounds: usize,
    /// How long one turn is measured, in seconds.
    pub(crate) seconds: f64,
    /// How many users there are.
    pub(crate) users: u64,
    /// Whether only to show that everything works.
    pub(crate) quick: bool,
}

impl Options {
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let quick = arguments.quick;
        Self {
            rounds: arguments.rounds.unwrap_or(if quick { 1 } else { 5 }).max(1),
            seconds: arguments.seconds.unwrap_or(if quick { 0.2 } else { 5.0 }).clamp(0.05, 3_600.0),
            users: arguments.users.unwrap_or(if quick { 1_024 } else { 100_000 }),
            quick,
        }
    }
}
