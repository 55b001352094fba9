use std::process::ExitCode;

use super::{block_on, call::Target, output::say};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Also where lanes owe something that the new configuration drops, and where a route goes to another host
    #[arg(long)]
    confirm: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let path = if arguments.confirm { "/v1/reload?confirm=true" } else { "/v1/reload" };
        let answer = match arguments.target.post(path).await {
            Ok(answer) => answer,
            Err(exit) => return exit,
        };
        if arguments.json {
            return say(&answer.to_string());
        }
        let changes = answer["changes"].as_array().cloned().unwrap_or_default();
        let changes: Vec<&str> = changes.iter().filter_map(serde_json::Value::as_str).collect();
        if changes.is_empty() { say("nothing differs") } else { say(&changes.join("\n")) }
    })
}
