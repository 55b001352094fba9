use std::process::ExitCode;

use serde_json::Value as JsonValue;

use super::{
    block_on,
    call::{Target, text},
    output::{say, table},
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let answer = match arguments.target.get("/v1/routes").await {
            Ok(answer) => answer,
            Err(exit) => return exit,
        };
        if arguments.json {
            return say(&answer.to_string());
        }
        let routes = answer["routes"].as_object().cloned().unwrap_or_default();
        say(&table(
            &["route", "vendor", "state", "reason", "users", "pending", "held", "blocked", "oldest_since"],
            routes.iter().map(|(name, route)| row(name, route)),
        ))
    })
}

fn row(name: &str, route: &JsonValue) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(["vendor", "state", "reason"].map(|name| text(route, name)));
    let counts = ["all", "pending", "held", "blocked", "oldest_since"];
    cells.extend(counts.map(|name| text(&route["users"], name)));
    cells
}
