use std::{collections::BTreeMap, io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use adapter::Fate;
use api_types::{Keeps, PlanBody};
use canonical::{Json, Patch, Profile, Rules, UserId};
use delivery::{
    RouteId, RouteSet,
    decide::Loaded,
    lane::Priority,
    plan::{self, RoutePlan},
    store::{Accept, Actor, Precondition, UserRow, Verdict},
};
use gateway_config::Config;
use uuid::Uuid;

use super::{load, output::say};
use crate::{
    exit::{fail, refuse},
    routes::build_routes,
};

/// Plans a change with a configuration file, without a running gateway: the user is as given by --profile, and no vendor has
/// confirmed anything yet.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Id of the user
    #[arg(long, default_value = "example")]
    user: UserId,
    /// Current data of the user, identities included, in the form of a change
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// File that contains the change, or - for standard input
    change: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let config = match load(&arguments.config) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    match plan(arguments, &config) {
        Ok((routes, plans)) if arguments.json => {
            let body = PlanBody::new(&arguments.user, plans, &routes, &BTreeMap::new());
            serde_json::to_string(&body).map_or_else(|error| fail(&error.to_string()), |text| say(&text))
        }
        Ok((routes, plans)) => {
            let mut parts: Vec<String> = plans.iter().map(|(name, plan)| describe(name, plan)).collect();
            let body = PlanBody::new(&arguments.user, plans, &routes, &BTreeMap::new());
            if let Some(hint) = body.hint {
                parts.push(format!("goes to no vendor: {}\n  {hint}", body.carried_nowhere.join(", ")));
            }
            say(&parts.join("\n\n"))
        }
        Err(exit) => exit,
    }
}

type Plans = BTreeMap<String, RoutePlan>;

fn plan(arguments: &Arguments, config: &Config) -> Result<(Arc<RouteSet>, Plans), ExitCode> {
    let rules = Rules { default_country: config.server.default_country };
    let routes = build_routes(config).map_err(|error| refuse(&error.to_string()))?;
    let routes = Arc::new(RouteSet::new((1..).map(RouteId).zip(routes)));
    let mut patch = read(&arguments.change, &rules)?;
    let mut loaded = Loaded::default();
    if let Some(file) = &arguments.profile {
        let known = read(file, &rules)?;
        let mut profile = Profile::default();
        profile.apply(&known, 1).map_err(|fault| refuse(&fault.to_string()))?;
        let profile = Arc::new(profile);
        loaded.user = Some(UserRow {
            incarnation: 1,
            version: 1,
            profile,
            erased_at: None,
            updated_at: 0,
            manager: Default::default(),
        });
        // An identity in the change itself goes before the one in the profile.
        patch.identities = known.identities.into_iter().chain(patch.identities).collect();
    }
    let accept = Accept {
        id: Uuid::now_v7(),
        user: arguments.user.clone(),
        patch,
        precondition: Precondition::None,
        idempotency: None,
        caller: Actor("plan".to_owned()),
        may_create: true,
        may_operate: true,
        trace: None,
        routes: Arc::clone(&routes),
        grants: Vec::new(),
        priority: Priority::Interactive,
        now: 0,
    };
    let plans = plan::plan(&accept, loaded).map_err(|error| fail(&error.to_string()))?;
    Ok((routes, plans))
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
    if matches!(plan.verdict, Verdict::Owed | Verdict::NothingToSend) {
        lines.extend(plan.leaves.iter().map(|(leaf, fate)| format!("  {leaf}: {}", fate.name())));
    }
    let kept = Keeps::new(&plan.kept);
    lines.extend(kept.iter().map(|(leaf, field)| format!("  will be kept: {}", field.sentence(leaf))));
    // What becomes of a leaf of the change is told above.
    let others = plan.stopped_by.iter().filter(|leaf| !plan.leaves.contains_key(leaf));
    lines.extend(
        others.map(|leaf| format!("  {leaf}: {}", plan.needed.get(leaf).unwrap_or(&Fate::Held).name())),
    );
    lines.join("\n")
}

fn verdict(plan: &RoutePlan) -> &'static str {
    match plan.verdict {
        Verdict::NoIdentity => "no identity for this user",
        Verdict::NotMatching => "does not serve this user",
        Verdict::NothingToSend => "nothing to send",
        Verdict::Owed if plan.requests.is_empty() => "stopped",
        Verdict::Owed => "would send",
    }
}
