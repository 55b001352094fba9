use std::process::ExitCode;

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
        let routes = answer["routes"].as_array().cloned().unwrap_or_default();
        let names = ["name", "vendor", "state", "pending", "held", "blocked", "oldest_since"];
        say(&table(&names, routes.iter().map(|route| names.iter().map(|name| text(route, name)).collect())))
    })
}
