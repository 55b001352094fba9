use std::{path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{output::say, progress::spinner};
use crate::exit::fail;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The database; a running gateway may have it open
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// Path of the copy; the file must not exist
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let turning = spinner("copying and checking");
    let copied = store_sqlite::backup(&arguments.database, &arguments.to);
    drop(turning);
    if let Err(error) = copied {
        return fail(&error.to_string());
    }
    let bytes = std::fs::metadata(&arguments.to).map_or(0, |metadata| metadata.len());
    if arguments.json {
        return say(&json!({ "to": arguments.to, "bytes": bytes }).to_string());
    }
    say(&format!(
        "{} has a checked copy of {bytes} bytes; it holds personal data, and no later erase reaches it",
        arguments.to.display()
    ))
}
