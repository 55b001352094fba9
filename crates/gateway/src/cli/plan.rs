use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use canonical::{Json, Patch, Profile, Rules, UserId};
use delivery::{
    RouteSet,
    decide::Loaded,
    lane::Priority,
    plan::{self, RoutePlan},
    store::{Accept, Actor, Precondition, RouteId, UserRow},
};
use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use super::{
    load,
    output::{fail, refuse, say},
};
use crate::config::Config;

/// Plans a change against a configuration, without a running gateway: the user is as the profile says, and no vendor has
/// confirmed anything yet.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The user's id
    #[arg(long, default_value = "example")]
    user: UserId,
    /// What the user has already, as a change of its own, identities included
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The change: a file, or - for standard input
    change: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let config = match load(&arguments.config) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    match plan(arguments, &config) {
        Ok(plans) if arguments.json => {
            say(&JsonValue::Object(plans.into_iter().map(to_json).collect()).to_string())
        }
        Ok(plans) => {
            say(&plans.iter().map(|(name, plan)| describe(name, plan)).collect::<Vec<_>>().join("\n\n"))
        }
        Err(exit) => exit,
    }
}

fn plan(arguments: &Arguments, config: &Config) -> Result<Vec<(String, RoutePlan)>, ExitCode> {
    let rules = Rules { default_country: config.server.default_country };
    let mut routes = Vec::new();
    for (id, route) in (1..).zip(&config.routes) {
        let route = route.build().map_err(|error| refuse(&error.to_string()))?;
        routes.push((RouteId(id), Arc::new(route)));
    }
    let accept = |patch| Accept {
        id: Uuid::now_v7(),
        user: arguments.user.clone(),
        patch,
        precondition: Precondition::None,
        idempotency: None,
        caller: Actor("plan".to_owned()),
        may_create: true,
        may_operate: true,
        routes: Arc::new(RouteSet::new(routes.clone())),
        grants: Vec::new(),
        priority: Priority::Interactive,
        now: 0,
    };
    let mut patch = read(&arguments.change, &rules)?;
    let mut loaded = Loaded::default();
    if let Some(file) = &arguments.profile {
        let known = read(file, &rules)?;
        let mut profile = Profile::default();
        profile.apply(&known, 1).map_err(|fault| refuse(&fault.to_string()))?;
        loaded.user = Some(UserRow {
            incarnation: 1,
            version: 1,
            profile: Arc::new(profile),
            erased_at: None,
            updated_at: 0,
        });
        // An identity in the change itself goes before the one in the profile.
        patch.identities = known.identities.into_iter().chain(patch.identities).collect();
    }
    let plans = plan::plan(&accept(patch), loaded).map_err(|error| fail(&error.to_string()))?;
    Ok(plans.into_iter().collect())
}

fn read(file: &PathBuf, rules: &Rules) -> Result<Patch, ExitCode> {
    let mut body = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut body).map(drop)
    } else {
        std::fs::read(file).map(|bytes| body = bytes)
    };
    read.map_err(|error| fail(&format!("{}: {error}", file.display())))?;
    let faults = |faults: Vec<canonical::Fault>| {
        refuse(&faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    };
    let json = Json::parse(&body).map_err(|fault| faults(vec![fault]))?;
    Patch::from_json(&json, rules).map_err(faults)
}

fn describe(name: &str, plan: &RoutePlan) -> String {
    let mut lines = vec![format!("{name}: {}", verdict(plan))];
    for request in &plan.requests {
        lines.push(format!("  {} {}", request.method, request.url));
        lines.extend(request.headers.iter().map(|(name, value)| format!("  {name}: {value}")));
        lines.push(format!("\n  {}", String::from_utf8_lossy(&request.body)));
    }
    lines.extend(plan.leaves.iter().map(|(leaf, fate)| format!("  {leaf}: {}", fate.name())));
    lines.extend(plan.stopped_by.iter().map(|leaf| format!("  {leaf}: missing or refused")));
    lines.join("\n")
}

fn verdict(plan: &RoutePlan) -> &'static str {
    use delivery::store::Verdict;
    match plan.verdict {
        Verdict::NoIdentity => "no identity for this user",
        Verdict::NotMatching => "does not serve this user",
        Verdict::NothingToCarry => "nothing to carry",
        Verdict::Owed if plan.requests.is_empty() => "stopped",
        Verdict::Owed => "would send",
    }
}

fn to_json((name, plan): (String, RoutePlan)) -> (String, JsonValue) {
    let requests = plan.requests.iter().map(|request| {
        let headers: Vec<JsonValue> =
            request.headers.iter().map(|(name, value)| json!([name, value])).collect();
        json!({
            "method": request.method,
            "url": request.url,
            "headers": headers,
            "body_text": String::from_utf8_lossy(&request.body),
        })
    });
    let leaves = plan.leaves.iter().map(|(leaf, fate)| (leaf.to_string(), fate.name().into()));
    let plan = json!({
        "verdict": verdict(&plan),
        "requests": requests.collect::<Vec<_>>(),
        "leaves": leaves.collect::<serde_json::Map<_, _>>(),
        "stopped_by": plan.stopped_by.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    (name, plan)
}
