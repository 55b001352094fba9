//! A gateway that forgets within seconds what others keep for days, so that a short run sees what a long time does to it.

use std::{path::Path, time::Duration};

use delivery::{engine::Engine, millis, store::Sweep};
use gateway::gateway::{Confirm, Gateway};
use gateway_config::{Config, Environment};

use crate::Error;

/// How often in the time of retention what is older is removed: an installation that keeps everything for a day and looks
/// once an hour does it more often.
const SWEEPS: u32 = 10;

/// Runs the gateway of this configuration file until the process is killed. Nothing but the times differs from what everybody
/// runs: the configuration allows no less than a day, and the gateway looks once an hour.
///
/// # Errors
/// When it cannot start.
pub(crate) fn serve(config: &Path, retention: Duration) -> Result<(), Error> {
    let mut config = Config::load(config, &Environment::default()).map_err(|errors| format!("{errors:?}"))?;
    (config.retention.updates, config.retention.attempts) = (retention, retention);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let gateway = Gateway::start(config, None, Confirm::Nothing).await?;
        keep_clean(gateway.engine(), retention).await
    })
}

/// As the gateway's own chore does it.
async fn keep_clean(engine: &Engine, retention: Duration) -> Result<(), Error> {
    loop {
        tokio::time::sleep(retention / SWEEPS).await;
        let now = engine.now();
        let before = now - millis(retention);
        engine.store().sweep(Sweep { updates_before: before, attempts_before: before, now }).await?;
    }
}
