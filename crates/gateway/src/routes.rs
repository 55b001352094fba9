use std::sync::Arc;

use delivery::Route;
use transport_http::SettingsError;

use crate::config::Config;

/// A route that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("route {name}: {cause}")]
pub struct RouteError {
    name: String,
    cause: SettingsError,
}

/// The configured routes, ready to be used; they connect to nobody yet.
pub(crate) fn build_routes(config: &Config) -> Result<Vec<Arc<Route>>, RouteError> {
    let build = |route: &crate::config::RouteConfig| match route.build() {
        Ok(built) => Ok(Arc::new(built)),
        Err(cause) => Err(RouteError { name: route.name.clone(), cause }),
    };
    config.routes.iter().map(build).collect()
}
