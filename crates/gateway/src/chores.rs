//! What is done now and then while the gateway runs.

use std::time::Duration;

use delivery::{
    engine::Engine,
    millis,
    store::{StoreError, Sweep},
};
use gateway_config::Retention;

/// How often what is older than its retention is removed.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// How often credentials are read where they are kept.
const LOOK: Duration = Duration::from_secs(10);

/// Removes what is older than its retention.
pub(crate) async fn keep_clean(engine: Engine, retention: Retention) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let now = engine.now();
        let sweep = Sweep {
            updates_before: now - millis(retention.updates),
            attempts_before: now - millis(retention.attempts),
            now,
        };
        match engine.store().sweep(sweep).await {
            Ok(removed) if removed > 0 => tracing::info!(removed, "removed what is older than its retention"),
            Ok(_) => {}
            Err(StoreError::Closed) => return,
            Err(error) => tracing::warn!(%error, "old updates could not be removed"),
        }
    }
}

/// Finds out that a credential was replaced, so that a route that was paused for the old one goes on.
pub(crate) async fn look_for_new_credentials(engine: Engine) {
    loop {
        tokio::time::sleep(LOOK).await;
        let reading = engine.clone();
        // Files are read, perhaps from a slow place.
        drop(tokio::task::spawn_blocking(move || reading.refresh_credentials()).await);
    }
}
