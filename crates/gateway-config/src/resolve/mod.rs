//! From what a file says to what it means.

pub(super) mod server;

mod traces;

mod keys;

mod route;

mod connection;
mod secret;

pub(super) mod limits;
mod mapping;
mod revision;
pub(super) mod webhooks;

pub(super) mod duration;
mod prefix;
mod rate;
pub(super) mod together;

use std::{collections::BTreeMap, path::Path};

use super::{
    Config, Environment, RouteConfig, file::FileConfig, findings::Findings, option_path::OptionPath,
};

pub(super) use route::auth_name;
pub use secret::CredentialSource;

/// What a configuration may refer to.
pub(super) struct Context<'a> {
    /// The directory that relative paths start from.
    pub(super) base: &'a Path,
    pub(super) environment: &'a Environment,
}

/// What the file means; of use only when nothing was found to be wrong.
pub(super) fn resolve(file: &FileConfig, context: &Context<'_>, findings: &mut Findings<'_>) -> Config {
    let server = server::server(&file.server, findings);
    let operator = server::operator(&file.operator, &server, findings);
    let (store, retention) = server::store(&file.store, context.base, findings);
    let log = server::log(&file.log, findings);
    let traces = file.traces.as_ref().and_then(|section| traces::traces(section, findings));
    let keys = keys::resolve(&file.keys, findings);
    let alerts = webhooks::alerts(&file.alerts, findings);
    let webhooks = webhooks::resolve(&file.webhooks, context, findings);
    let routes: Vec<RouteConfig> = file
        .routes
        .iter()
        .filter_map(|(name, section)| route::resolve(name, section, context, findings))
        .collect();
    if file.routes.is_empty() {
        findings.warn(
            &OptionPath::of(&["routes"]),
            "no route is configured; changes are kept and sent to nobody",
        );
    }
    check_credentials(&routes, findings);
    check_second_ids(&routes, findings);
    Config {
        server,
        operator,
        store,
        retention,
        log,
        traces,
        keys,
        routes,
        alerts,
        webhooks,
        overrides: findings.overrides.clone(),
        warnings: Vec::new(),
    }
}

/// One credential goes to one origin: the same one at two hosts means that a vendor gets to see another vendor's secret.
fn check_credentials(routes: &[RouteConfig], findings: &mut Findings<'_>) {
    let mut by_source = BTreeMap::new();
    let mut by_digest = BTreeMap::new();
    for route in routes {
        let same_source = *by_source.entry(&route.credential_source).or_insert(route);
        let same_secret = *by_digest.entry(route.credential_digest).or_insert(route);
        let clash = [same_source, same_secret].into_iter().find(|other| host(other) != host(route));
        let Some(other) = clash else { continue };
        let path = OptionPath::of(&["routes", &route.name, "credential"]);
        let sentence = format!(
            "the routes {} and {} send one credential to two origins; give each vendor a secret of its own",
            other.name, route.name
        );
        findings.mistake(&path, sentence);
    }
}

/// A route that gives people an id which another one knows them by.
fn check_second_ids(routes: &[RouteConfig], findings: &mut Findings<'_>) {
    for route in routes.iter().filter(|route| route.mapping.second_id.is_some()) {
        let is_met =
            |other: &&RouteConfig| other.origin == route.origin && other.subject_kind.name == "custom_id";
        let Some(other) = routes.iter().find(is_met) else { continue };
        let sentence = format!(
            "the route {} knows people there by their custom id: who gets another one here is not found by it any more",
            other.name
        );
        findings.warn(&OptionPath::of(&["routes", &route.name, "custom_id"]), sentence);
    }
}

fn host(route: &RouteConfig) -> &str {
    route.limits.rate_key.split(' ').next().unwrap_or_default()
}
