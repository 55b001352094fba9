use std::sync::Arc;

use delivery::{engine::Engine, store::StoreError};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use store_sqlite::SqliteStore;

use super::{
    Metrics,
    standing::{RouteStanding, Standing},
};

/// All series in the text form of OpenMetrics.
///
/// # Errors
/// When the store fails.
pub async fn scrape(
    metrics: &Metrics,
    engine: &Engine,
    files: Option<&Arc<SqliteStore>>,
) -> Result<String, StoreError> {
    let (conditions, mut deprecations) = (engine.conditions(), engine.deprecations());
    let mut standing = Standing {
        store: files.map(|store| store.footprint()),
        audit: engine.store().audit_head().await?.seq,
        now: engine.now(),
        ..Standing::default()
    };
    for (id, route) in engine.routes().iter() {
        let condition = conditions.get(&id).copied().unwrap_or_default();
        let counts = engine.store().counts(id).await?;
        let (name, deprecation) = (route.name.clone(), deprecations.remove(&id));
        standing.routes.push(RouteStanding { name, condition, counts, deprecation });
    }
    Ok(render(metrics, &standing))
}

pub(super) fn render(metrics: &Metrics, standing: &Standing) -> String {
    standing.routes.iter().for_each(|route| metrics.show_route(&route.name));
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = encode_registry(&mut text, &metrics.registry);
    let _ = encode_registry(&mut text, &standing.registry());
    let _ = encode_eof(&mut text);
    text
}
