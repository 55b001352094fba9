use std::process::ExitCode;

use serde_json::Value as JsonValue;

use super::{block_on, call::Target, output::say};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Reload even if lanes owe something that the new configuration drops, or a route gets another host
    #[arg(long)]
    confirm: bool,
    /// Show what would change, without changing it
    #[arg(long, conflicts_with = "confirm")]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let path = match (arguments.confirm, arguments.dry_run) {
            (true, _) => "/v1/reload?confirm=true",
            (_, true) => "/v1/reload?dry_run=true",
            _ => "/v1/reload",
        };
        match arguments.target.post(path).await {
            Ok(answer) if arguments.json => say(&answer.to_string()),
            Ok(answer) => say(&sentences(&answer)),
            Err(exit) => exit,
        }
    })
}

fn sentences(answer: &JsonValue) -> String {
    let changes = answer["changes"].as_array().into_iter().flatten().filter_map(JsonValue::as_str);
    let mut lines: Vec<String> = changes.map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push("nothing differs".to_owned());
    }
    let afterwards = answer["afterwards"].as_array().into_iter().flatten().filter_map(JsonValue::as_str);
    lines.extend(afterwards.map(str::to_owned));
    lines.extend(answer["to_confirm"].as_str().map(|what| format!("to be confirmed with --confirm: {what}")));
    lines.join("\n")
}
