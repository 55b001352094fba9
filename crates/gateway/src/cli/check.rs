use std::{path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{
    load,
    output::{refuse, say, table},
};
use crate::config::{Config, ConfigDiff, Environment, RouteChange};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Show what differs from this configuration, and what a reload would refuse
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    if arguments.json {
        return run_json(arguments);
    }
    let config = match load(&arguments.config) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    let mut lines = vec![routes_table(&config)];
    for set in &config.overrides {
        lines.push(format!("{} is set by the environment variable {}", set.option, set.variable));
    }
    if let Some(against) = &arguments.against {
        let old = match load(against) {
            Ok(config) => config,
            Err(exit) => return exit,
        };
        lines.push(describe(&ConfigDiff::between(&old, &config)));
    }
    lines.push(format!("{} is in order", arguments.config.display()));
    say(&lines.join("\n\n"))
}

fn run_json(arguments: &Arguments) -> ExitCode {
    let name = arguments.config.display().to_string();
    match Config::load(&arguments.config, &Environment::of_process()) {
        Ok(config) => {
            let routes: Vec<_> = config.routes.iter().map(|route| route.name.as_str()).collect();
            let warnings: Vec<_> = config.warnings.iter().map(|warning| warning.one_line(&name)).collect();
            say(&json!({ "ok": true, "routes": routes, "warnings": warnings }).to_string())
        }
        Err(errors) => {
            let mistakes: Vec<_> = errors.mistakes.iter().map(|mistake| mistake.one_line(&name)).collect();
            let _ = say(&json!({ "ok": false, "mistakes": mistakes }).to_string());
            refuse("")
        }
    }
}

fn routes_table(config: &Config) -> String {
    let rows = config.routes.iter().map(|route| {
        vec![
            route.name.clone(),
            route.vendor.to_string(),
            route.origin.clone(),
            route.subject_kind.name.to_owned(),
            route.carried.len().to_string(),
            route.credential_source.to_string(),
        ]
    });
    table(&["route", "vendor", "origin", "subject", "leaves", "credential"], rows)
}

/// What a reload would change, a line each.
pub(crate) fn describe(diff: &ConfigDiff) -> String {
    if diff.is_empty() {
        return "nothing differs".to_owned();
    }
    let added = diff.added.iter().map(|name| format!("route {name} is new"));
    let removed =
        diff.removed.iter().map(|name| format!("route {name} is removed; its lanes wait for its return"));
    let changed = diff.changed.iter().map(describe_route);
    let keys = diff.keys.iter().map(|name| format!("the key of {name} differs"));
    let restart = diff.at_restart.iter().map(|option| format!("{option} takes effect at the next start"));
    added.chain(removed).chain(changed).chain(keys).chain(restart).collect::<Vec<_>>().join("\n")
}

fn describe_route(change: &RouteChange) -> String {
    let leaves =
        |leaves: &[canonical::Leaf]| leaves.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if change.needs_new_name() {
        parts.push("is another route under the same name: give it a new name".to_owned());
    }
    if let Some((old, new)) = &change.origin {
        parts.push(format!("goes from {old} to {new}"));
    }
    if !change.dropped_leaves.is_empty() {
        parts.push(format!("no longer sends {}", leaves(&change.dropped_leaves)));
    }
    if !change.added_leaves.is_empty() {
        parts.push(format!("sends {} as well", leaves(&change.added_leaves)));
    }
    if change.mapping && change.dropped_leaves.is_empty() && change.added_leaves.is_empty() {
        parts.push("has another mapping".to_owned());
    }
    if change.credential {
        parts.push("has another credential".to_owned());
    }
    if change.other {
        parts.push("has other limits or options".to_owned());
    }
    let confirm = if change.needs_confirmation() { " (a reload needs --confirm)" } else { "" };
    format!("route {} {}{confirm}", change.name, parts.join(", "))
}
