use std::{path::PathBuf, process::ExitCode};

use gateway_config::{Config, ConfigDiff, Environment};
use serde_json::json;

use super::{
    load,
    output::{say, table},
};
use crate::exit::refuse;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Compare with this configuration, and show what a reload would refuse
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
        lines.push(ConfigDiff::between(&old, &config).to_string());
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
            route.base_url.clone(),
            route.subject_kind.name.to_owned(),
            route.carried.len().to_string(),
            route.credential_source.to_string(),
        ]
    });
    table(&["route", "vendor", "base_url", "subject", "leaves", "credential"], rows, "no route is configured")
}
