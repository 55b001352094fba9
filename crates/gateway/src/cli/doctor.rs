use std::{path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{
    block_on, load,
    output::{say, table},
};
use crate::{
    doctor::{Examination, examine},
    exit::refuse,
    routes::build_routes,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// This route only
    #[arg(long)]
    route: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let config = match load(&arguments.config) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    let names: Vec<String> = config.routes.iter().map(|route| route.name.clone()).collect();
    if let Some(route) = &arguments.route
        && !names.contains(route)
    {
        return refuse(&format!("no such route is configured; the routes are: {}", names.join(", ")));
    }
    block_on(async {
        let routes = match build_routes(&config) {
            Ok(routes) => routes,
            Err(error) => return refuse(&error.to_string()),
        };
        let mut found = Vec::new();
        let wanted = |name: &str| arguments.route.as_deref().is_none_or(|route| route == name);
        for route in routes.iter().filter(|route| wanted(&route.name)) {
            found.push(examine(route).await);
        }
        let said =
            if arguments.json { say(&json!({ "routes": found }).to_string()) } else { say(&shown(&found)) };
        if found.iter().any(Examination::has_failed) { ExitCode::FAILURE } else { said }
    })
}

fn shown(found: &[Examination]) -> String {
    let rows = found.iter().flat_map(|route| {
        route.findings.iter().map(|finding| {
            let (check, health): (&str, &str) = (finding.check.into(), finding.health.into());
            vec![
                route.route.clone(),
                route.origin.clone(),
                check.to_owned(),
                health.to_owned(),
                finding.says.clone(),
            ]
        })
    });
    table(&["route", "origin", "check", "", "says"], rows)
}
