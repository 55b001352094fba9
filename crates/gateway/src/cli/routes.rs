use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value as JsonValue;

use super::{
    block_on,
    call::{Target, text},
    filter::encoded,
    output::{say, table},
};
use crate::exit::fail;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    target: Target,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stop sending at a route until somebody resumes it
    Pause(Act),
    /// Send again at a route, whatever it was paused for
    Resume(Act),
    /// Try one request at once at a route that is paused by itself, or whose breaker is open
    Probe(Act),
    /// Send everything that a route carries again, behind the updates of callers
    Resync(Act),
}

#[derive(Debug, clap::Args)]
struct Act {
    #[command(flatten)]
    target: Target,
    /// The route's name
    route: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let told = match &arguments.command {
            None => list(&arguments.list).await,
            Some(Command::Pause(act)) => carry_out(act, "pause", |_| "is paused".to_owned()).await,
            Some(Command::Resume(act)) => carry_out(act, "resume", |_| "is open".to_owned()).await,
            Some(Command::Probe(act)) => carry_out(act, "probe", probed).await,
            Some(Command::Resync(act)) => carry_out(act, "resync", resynced).await,
        };
        told.map_or_else(|exit| exit, |text| say(&text))
    })
}

async fn list(arguments: &List) -> Result<String, ExitCode> {
    let answer = arguments.target.get("/v1/routes").await?;
    if arguments.json {
        return Ok(answer.to_string());
    }
    let routes = answer["routes"].as_object().cloned().unwrap_or_default();
    if routes.values().any(|route| route["users"].is_null()) {
        return Err(fail(
            "this is where callers reach the gateway; name its operator listener with --operator",
        ));
    }
    Ok(table(
        &["route", "vendor", "state", "reason", "users", "pending", "held", "blocked", "oldest_since"],
        routes.iter().map(|(name, route)| row(name, route)),
    ))
}

async fn carry_out(
    act: &Act,
    verb: &str,
    sentence: impl Fn(&JsonValue) -> String,
) -> Result<String, ExitCode> {
    let answer = act.target.post(&format!("/v1/routes/{}/{verb}", encoded(&act.route))).await?;
    Ok(if act.json { answer.to_string() } else { format!("{} {}", act.route, sentence(&answer)) })
}

fn probed(answer: &JsonValue) -> String {
    match answer["probing"].as_bool() {
        Some(true) => "is tried with the next user who waits for it; see `routes`".to_owned(),
        _ => "is open: there is nothing to find out".to_owned(),
    }
}

fn resynced(answer: &JsonValue) -> String {
    format!("has everything sent again for {} users", text(answer, "lanes"))
}

fn row(name: &str, route: &JsonValue) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(["vendor", "state", "reason"].map(|name| text(route, name)));
    let counts = ["all", "pending", "held", "blocked", "oldest_since"];
    cells.extend(counts.map(|name| text(&route["users"], name)));
    cells
}
