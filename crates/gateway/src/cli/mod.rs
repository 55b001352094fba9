//! The command line. Results go to standard output, everything else to standard error; exit code 1 means that what was asked
//! for failed, 2 that the command or the configuration is wrong.

mod audit;
mod backup;
mod call;
mod check;
mod doctor;
mod explain;
mod filter;
mod key;
mod lanes;
mod output;
mod plan;
mod progress;
mod reload;
mod routes;
mod verify;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    api,
    config::{Config, Environment, Style},
    demo,
    exit::{fail, refuse},
    gateway::Confirm,
    log, operator, serve,
};
use output::say;

/// One change to a person in, every vendor in step.
#[derive(Debug, Parser)]
#[command(name = "profile-gateway", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway and four simulated vendors on this machine, with a few people to try it on
    Demo(demo::Options),
    /// Run the gateway
    Serve(ServeArguments),
    /// Prove a configuration without starting anything
    Check(check::Arguments),
    /// Prove each route of a configuration against its vendor, without changing anybody
    Doctor(doctor::Arguments),
    /// Show what a change would send to each vendor, without sending it
    Plan(plan::Arguments),
    /// Make keys for callers
    Key {
        #[command(subcommand)]
        command: key::Command,
    },
    /// Print the JSON Schema of a change
    Schema {
        /// Of the configuration file instead, for editors
        #[arg(long)]
        config: bool,
    },
    /// Print the OpenAPI description of the API
    Openapi {
        /// Of the operators' API instead of the callers'
        #[arg(long)]
        operator: bool,
    },
    /// Copy a database while the gateway runs
    Backup(backup::Arguments),
    /// Have a running gateway read its configuration again
    Reload(reload::Arguments),
    /// Show the routes of a running gateway, pause, resume, probe and resync them
    Routes(routes::Arguments),
    /// Show the lanes of a running gateway that need attention, and try them again
    Lanes(Box<lanes::Arguments>),
    /// Show why a user stands at a route as it does: each leaf's version and fate
    Explain(explain::Arguments),
    /// Compare users with what their vendors hold, leaf by leaf
    Verify(verify::Arguments),
    /// Show who did what at a running gateway, or prove that the record was not changed
    Audit(audit::Arguments),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, clap::Args)]
struct ServeArguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// A route whose host has changed since the last start is the same vendor
    #[arg(long)]
    confirm: bool,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

/// Runs a command; the first argument is the name of the program.
pub fn run_with(arguments: impl IntoIterator<Item: Into<OsString> + Clone>) -> ExitCode {
    log::hide_panic_messages();
    match Cli::parse_from(arguments).command {
        Command::Demo(options) => demo::run(&options),
        Command::Serve(arguments) => match load(&arguments.config) {
            Ok(config) => {
                let confirm = if arguments.confirm { Confirm::Origins } else { Confirm::Nothing };
                serve::run(config, &arguments.config, confirm)
            }
            Err(exit) => exit,
        },
        Command::Check(arguments) => check::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Key { command } => key::run(&command),
        Command::Schema { config: false } => say(&crate::schema::of_a_change()),
        Command::Schema { config: true } => say(&crate::config::schema()),
        Command::Openapi { operator: false } => say(api::openapi()),
        Command::Openapi { operator: true } => say(operator::openapi()),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Reload(arguments) => reload::run(&arguments),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Lanes(arguments) => lanes::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Completions { shell } => completions(shell),
    }
}

/// Prints what a shell needs to complete commands and options.
fn completions(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "profile-gateway", &mut script);
    say(&String::from_utf8_lossy(&script))
}

/// Reads a configuration; mistakes go to standard error.
fn load(file: &std::path::Path) -> Result<Config, ExitCode> {
    let config = Config::load(file, &Environment::of_process());
    let config = config.map_err(|errors| refuse(&errors.render(Style::Plain)))?;
    for warning in &config.warnings {
        eprintln!("{}\n", warning.render_warning(&file.display().to_string(), Style::Plain));
    }
    Ok(config)
}

/// A runtime for a command that makes a few calls.
fn block_on<F: Future<Output = ExitCode>>(future: F) -> ExitCode {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => fail(&format!("no runtime: {error}")),
    }
}
