use std::{path::PathBuf, process::ExitCode};

use http_api::doctor::{Examination, Examinations, examine};

use super::{
    block_on,
    call::Target,
    filter::Query,
    load,
    output::{say, table},
};
use crate::{
    exit::{fail, refuse},
    routes::build_routes,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file; if omitted, check the routes of a running gateway
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Only this route
    #[arg(long)]
    route: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let found = match &arguments.config {
            Some(file) => of_file(file, arguments.route.as_deref()).await,
            None => of_gateway(arguments).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        let said = if arguments.json {
            say(&serde_json::to_string(&found).unwrap_or_default())
        } else {
            say(&shown(&found))
        };
        if found.routes.iter().any(Examination::has_failed) { ExitCode::FAILURE } else { said }
    })
}

async fn of_file(file: &std::path::Path, only: Option<&str>) -> Result<Examinations, ExitCode> {
    let config = load(file)?;
    if only.is_some_and(|only| config.routes.iter().all(|route| route.name != only)) {
        let names: Vec<&str> = config.routes.iter().map(|route| route.name.as_str()).collect();
        return Err(refuse(&format!("no such route is configured; the routes are: {}", names.join(", "))));
    }
    let mut routes = Vec::new();
    let built = build_routes(&config).map_err(|error| refuse(&error.to_string()))?;
    for route in built.iter().filter(|route| only.is_none_or(|only| route.name == only)) {
        routes.push(examine(route, None).await);
    }
    Ok(Examinations { routes })
}

async fn of_gateway(arguments: &Arguments) -> Result<Examinations, ExitCode> {
    let mut query = Query::default();
    query.add("route", arguments.route.as_deref());
    let answer = arguments.target.post(&query.after("/v1/doctor")).await?;
    serde_json::from_value(answer).map_err(|_| fail("the answer is of another version of the gateway"))
}

fn shown(found: &Examinations) -> String {
    let rows = found.routes.iter().flat_map(|route| {
        route.findings.iter().map(|finding| {
            let (check, health): (&str, &str) = (finding.check.into(), finding.health.into());
            let cells = [&route.route, &route.base_url, check, health, &finding.says];
            cells.map(ToString::to_string).into()
        })
    });
    table(&["route", "base_url", "check", "", "says"], rows, "no route is configured")
}
