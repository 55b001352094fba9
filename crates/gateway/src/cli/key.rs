use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::output::say;
use crate::{api::Keys, exit::fail};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a key: prints it once, and what to write into the configuration
    New {
        /// The caller's name
        #[arg(long, default_value = "caller")]
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &Command) -> ExitCode {
    let Command::New { name, json } = command;
    let (key, hash) = match Keys::generate() {
        Ok(pair) => pair,
        Err(error) => return fail(&format!("this system has no randomness: {error}")),
    };
    let hash = hash.to_string();
    if *json {
        return say(&json!({ "name": name, "key": key, "hash": hash }).to_string());
    }
    say(&format!(
        "The key, shown this once; give it to the caller:\n\n  {key}\n\nFor the configuration:\n\n[[keys]]\nname = \"{name}\"\nhash = \"{hash}\"\nscopes = [\"update\", \"read\"]"
    ))
}
