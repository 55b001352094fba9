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
    /// Of this route only
    #[arg(long)]
    route: Option<String>,
    /// In these states only: pending, held, blocked
    #[arg(long, value_delimiter = ',', default_value = "held,blocked")]
    state: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let route = arguments.route.as_ref().map(|route| format!("&route={route}")).unwrap_or_default();
        let query = format!("/v1/lanes?state={}&limit={}{route}", arguments.state.join(","), arguments.limit);
        let answer = match arguments.target.get(&query).await {
            Ok(answer) => answer,
            Err(exit) => return exit,
        };
        if arguments.json {
            return say(&answer.to_string());
        }
        let lanes = answer["lanes"].as_array().cloned().unwrap_or_default();
        let names = ["id", "user", "route", "state", "reason", "attempts", "behind_since"];
        say(&table(&names, lanes.iter().map(|lane| names.iter().map(|name| text(lane, name)).collect())))
    })
}
