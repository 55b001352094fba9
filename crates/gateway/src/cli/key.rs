use std::process::ExitCode;

use clap::{Subcommand, builder::PossibleValuesParser};
use gateway_config::Scope;
use http_api::callers::Keys;
use serde_json::json;

use super::output::say;
use crate::exit::fail;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a key; prints it once, with the lines for the configuration file
    New {
        /// Name of the caller
        #[arg(long, default_value = "caller")]
        name: String,
        /// What the caller may do
        #[arg(
            long,
            value_name = "SCOPE",
            value_delimiter = ',',
            default_value = "update,read",
            value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::name))
        )]
        scope: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &Command) -> ExitCode {
    let Command::New { name, scope, json } = command;
    let (key, hash) = match Keys::generate() {
        Ok(pair) => pair,
        Err(error) => return fail(&format!("this system has no randomness: {error}")),
    };
    let hash = hash.to_string();
    if *json {
        return say(&json!({ "name": name, "key": key, "hash": hash, "scopes": scope }).to_string());
    }
    let scopes = json!(scope).to_string().replace(',', ", ");
    say(&format!(
        "The key, shown this once; give it to the caller:\n\n  {key}\n\nFor the configuration:\n\n[[keys]]\nname = \"{name}\"\nhash = \"{hash}\"\nscopes = {scopes}"
    ))
}
