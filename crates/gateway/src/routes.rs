use std::sync::Arc;

use delivery::{Route, RouteSet};
use gateway_config::{Config, ConfigDiff, RouteConfig};
use transport_http::SettingsError;

/// A route that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("route {name}: {cause}")]
pub struct RouteError {
    name: String,
    cause: SettingsError,
}

/// The configured routes, ready to be used; they connect to nobody yet.
pub(crate) fn build_routes(config: &Config) -> Result<Vec<Arc<Route>>, RouteError> {
    config.routes.iter().map(build).collect()
}

/// As [`build_routes`]; a route that `diff` does not name stays as it is in `present`, with its connections.
pub(crate) fn rebuild_routes(
    config: &Config,
    diff: &ConfigDiff,
    present: &RouteSet,
) -> Result<Vec<Arc<Route>>, RouteError> {
    let differs =
        |name: &String| diff.changed.iter().any(|change| change.name == *name) || diff.added.contains(name);
    let rebuild = |route: &RouteConfig| match present.by_name(&route.name) {
        Some((_, known)) if !differs(&route.name) => Ok(Arc::clone(known)),
        _ => build(route),
    };
    config.routes.iter().map(rebuild).collect()
}

fn build(route: &RouteConfig) -> Result<Arc<Route>, RouteError> {
    match route.build() {
        Ok(built) => Ok(Arc::new(built)),
        Err(cause) => Err(RouteError { name: route.name.clone(), cause }),
    }
}
