use std::{fmt, path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use delivery::{
    Rate,
    engine::Engine,
    store::{Actor, StoreError},
};
use gateway_config::{Config, ConfigDiff, Environment, RouteChange, RouteConfig};
use http_api::{
    callers::Keys,
    metrics::Metrics,
    operators::{ReloadReport, Reloader, reload_as},
};
use tokio::sync::Mutex;

use crate::{routes::rebuild_routes, webhooks::Webhooks};

/// Replaces the configuration of a running gateway as a whole, or refuses and keeps the old one.
pub(crate) struct Reload {
    engine: Engine,
    keys: Arc<ArcSwap<Keys>>,
    metrics: Arc<Metrics>,
    webhooks: Webhooks,
    file: Option<PathBuf>,
    /// Held during a reload, so that two of them follow each other.
    current: Mutex<Config>,
}

impl Reload {
    pub(crate) fn new(
        engine: Engine,
        keys: Arc<ArcSwap<Keys>>,
        metrics: Arc<Metrics>,
        webhooks: Webhooks,
        file: Option<PathBuf>,
        config: Config,
    ) -> Self {
        Self { engine, keys, metrics, webhooks, file, current: Mutex::new(config) }
    }

    /// A reload that nobody waits for.
    pub(crate) async fn on_signal(&self) {
        match reload_as(self, &self.engine, false, Actor("signal".to_owned())).await {
            Ok(Ok(report)) => {
                tracing::info!(changes = report.changes.join("; "), "the configuration was reloaded");
            }
            Ok(Err(reason)) => {
                tracing::error!(reason, "the configuration was not reloaded; the old one stays");
            }
            Err(error) => tracing::error!(%error, "the reload could not be audited"),
        }
    }

    /// The configuration as it is written now, and what is different in it.
    fn read(&self, current: &Config) -> Result<(Config, ConfigDiff), String> {
        let Some(file) = &self.file else { return Err("this gateway has no configuration file".to_owned()) };
        let new = Config::load(file, &Environment::of_process()).map_err(|errors| errors.to_string())?;
        let diff = ConfigDiff::between(current, &new);
        if let Some(change) = diff.changed.iter().find(|change| change.needs_new_name()) {
            return Err(format!(
                "route {} is another one under the same name (vendor, subject kind or network differ); give it a new name",
                change.name
            ));
        }
        Ok((new, diff))
    }

    async fn swap(&self, confirmed: bool) -> Result<ReloadReport, String> {
        let mut current = self.current.lock().await;
        let (new, diff) = self.read(&current)?;
        if let Some(what) = self.to_confirm(&diff).await?.filter(|_| !confirmed) {
            return Err(format!("{what}; confirm with --confirm"));
        }
        let afterwards = self.afterwards(&new, &diff).await?;
        let routes = rebuild_routes(&new, &diff, &self.engine.routes()).map_err(|error| error.to_string())?;
        let webhooks = self.webhooks.prepare(&new).await.map_err(|error| error.to_string())?;
        self.engine.reload(routes, confirmed).await.map_err(|error| error.to_string())?;
        self.keys.store(Arc::new(self.keys.load().replaced_by(new.keys.clone())));
        self.webhooks.replace(webhooks);
        // What is not in force yet is told again the next time.
        *current = new.reloadable_part(&current);
        Ok(ReloadReport { changes: diff.sentences(), to_confirm: None, afterwards })
    }

    /// What a reload must not do by accident: send to another host, drop a route or a leaf while its lanes owe something.
    async fn to_confirm(&self, diff: &ConfigDiff) -> Result<Option<String>, String> {
        let mut found = Vec::new();
        for change in diff.changed.iter().filter(|change| change.origin.is_some()) {
            found.push(format!("route {} would send to another host", change.name));
        }
        let dropping =
            diff.changed.iter().filter(|change| !change.dropped_leaves.is_empty()).map(|change| &change.name);
        for name in dropping.chain(&diff.removed) {
            let owed = self.owed(name).await.map_err(|error| error.to_string())?;
            if owed > 0 {
                found
                    .push(format!("{owed} lanes of route {name} owe something that would no longer be sent"));
            }
        }
        Ok((!found.is_empty()).then(|| found.join("; ")))
    }

    /// What is to be looked for because of the change: how many of those who are looked through owe something is known only when each
    /// was looked at.
    async fn afterwards(&self, new: &Config, diff: &ConfigDiff) -> Result<Vec<String>, String> {
        let mut sentences = Vec::new();
        for change in diff.changed.iter().filter(|change| change.mapping || change.origin.is_some()) {
            let routes = self.engine.routes();
            let Some((id, _)) = routes.by_name(&change.name) else { continue };
            let counts = self.engine.store().counts(id).await.map_err(|error| error.to_string())?;
            let rate =
                new.routes.iter().find(|route| route.name == change.name).map(|route| route.limits.rate);
            sentences.extend(rate.map(|rate| pass(change, counts.lanes, rate)).filter(|_| counts.lanes > 0));
        }
        Ok(sentences)
    }

    /// How many lanes of a route owe something.
    async fn owed(&self, name: &str) -> Result<u64, StoreError> {
        let routes = self.engine.routes();
        let Some((id, _)) = routes.by_name(name) else { return Ok(0) };
        let counts = self.engine.store().counts(id).await?;
        Ok(counts.pending + counts.in_doubt + counts.held + counts.blocked)
    }
}

#[async_trait]
impl Reloader for Reload {
    async fn difference(&self) -> Result<ReloadReport, String> {
        let current = self.current.lock().await;
        let (new, diff) = self.read(&current)?;
        Ok(ReloadReport {
            changes: diff.sentences(),
            to_confirm: self.to_confirm(&diff).await?,
            afterwards: self.afterwards(&new, &diff).await?,
        })
    }

    async fn reload(&self, confirm: bool) -> Result<ReloadReport, String> {
        let reloaded = self.swap(confirm).await;
        self.metrics.reloaded(reloaded.is_ok());
        reloaded
    }

    async fn configured(&self) -> Vec<RouteConfig> {
        self.current.lock().await.routes.clone()
    }
}

/// What the pass over the lanes of a changed route does.
fn pass(change: &RouteChange, users: u64, rate: Rate) -> String {
    let what = if change.origin.is_some() { "place" } else { "mapping" };
    let users = if users == 1 { "1 user is".to_owned() } else { format!("{users} users are") };
    let speed = match rate {
        Rate::Unlimited => "as fast as the vendor takes it".to_owned(),
        Rate::PerSecond(rate) => format!("at {rate}/s at the most"),
    };
    format!(
        "route {}: its {what} differs, so that {users} looked through in the background, and who is owed something because of it \
         is sent it {speed}, behind the updates of callers",
        change.name
    )
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reload").field("file", &self.file).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reload_says_whom_it_looks_through_and_how_fast_what_is_owed_is_sent() {
        let mapping = RouteChange { name: "crm".to_owned(), mapping: true, ..RouteChange::default() };
        let told = pass(&mapping, 1_203, Rate::PerSecond(2.0));
        assert!(
            told.starts_with("route crm: its mapping differs, so that 1203 users are looked through"),
            "{told}"
        );
        assert!(told.contains("at 2/s at the most"), "{told}");
        let origin = RouteChange { origin: Some(Default::default()), ..mapping };
        let told = pass(&origin, 1, Rate::Unlimited);
        assert!(told.contains("its place differs, so that 1 user is looked through"), "{told}");
        assert!(told.contains("as fast as the vendor takes it"), "{told}");
    }
}
