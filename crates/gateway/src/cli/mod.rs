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
use gateway_config::{Config, Environment, Style};
use http_api::{callers, operators};

use crate::{
    demo,
    exit::{fail, refuse},
    gateway::Confirm,
    log, serve,
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
    /// Run the gateway with four simulated vendors and a few sample users on this machine
    Demo(demo::Options),
    /// Run the gateway
    Serve(ServeArguments),
    /// Validate a configuration file without starting anything
    Check(check::Arguments),
    /// Check each route against its vendor: address, TLS, credential, fields; changes nothing
    Doctor(doctor::Arguments),
    /// Show the requests that a change would cause, without sending them
    Plan(plan::Arguments),
    /// Create keys for callers
    Key {
        #[command(subcommand)]
        command: key::Command,
    },
    /// Print the JSON Schema of a change
    Schema {
        /// Print the schema of the configuration file instead, for editors
        #[arg(long)]
        config: bool,
    },
    /// Print the OpenAPI description of the API
    Openapi {
        /// Describe the operators' API instead of the callers' API
        #[arg(long)]
        operator: bool,
    },
    /// Copy the database, also while the gateway runs
    Backup(backup::Arguments),
    /// Make a running gateway reload its configuration
    Reload(reload::Arguments),
    /// Show, pause, resume, probe and resync the routes of a running gateway
    Routes(routes::Arguments),
    /// Show and retry the lanes of a running gateway that need attention
    Lanes(Box<lanes::Arguments>),
    /// Explain the state of a user at a route, field by field
    Explain(explain::Arguments),
    /// Compare users with what their vendors have, field by field
    Verify(verify::Arguments),
    /// Show the audit of a running gateway, or verify that nobody changed it
    Audit(audit::Arguments),
    /// Print shell completions
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
    /// Confirm that a route whose host has changed since the last start still leads to the same vendor
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
        Command::Schema { config: false } => say(&http_api::schema::of_a_change()),
        Command::Schema { config: true } => say(&gateway_config::schema()),
        Command::Openapi { operator: false } => say(callers::openapi()),
        Command::Openapi { operator: true } => say(operators::openapi()),
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
