use std::collections::BTreeMap;

use super::{AlertConfig, Config, OptionChange, RouteChange, RouteConfig, route_change::changes};

/// What differs between two configurations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigDiff {
    /// Routes that only the new one has.
    pub added: Vec<String>,
    /// Routes that only the old one has; their lanes stay and resume when the route returns.
    pub removed: Vec<String>,
    /// Routes that both have and that differ.
    pub changed: Vec<RouteChange>,
    /// Callers, by their keys.
    pub keys: NameDiff,
    /// Webhooks.
    pub webhooks: NameDiff,
    /// Thresholds of alerts that differ.
    pub alerts: Vec<OptionChange>,
    /// Options that differ and take effect only at a start.
    pub at_restart: Vec<&'static str>,
}

/// How things differ that have a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameDiff {
    /// What only the new configuration has.
    pub added: Vec<String>,
    /// What only the old one has.
    pub removed: Vec<String>,
    /// What both have and what differs.
    pub changed: Vec<String>,
}

impl ConfigDiff {
    /// What `new` changes against `old`.
    pub fn between(old: &Config, new: &Config) -> Self {
        let olds: BTreeMap<&str, &RouteConfig> = by_name(old);
        let news: BTreeMap<&str, &RouteConfig> = by_name(new);
        let only = |these: &BTreeMap<&str, _>, those: &BTreeMap<&str, _>| {
            these.keys().filter(|name| !those.contains_key(*name)).map(|name| (*name).to_owned()).collect()
        };
        let pairs = olds.iter().filter_map(|(name, old)| Some((*old, *news.get(name)?)));
        Self {
            added: only(&news, &olds),
            removed: only(&olds, &news),
            changed: pairs.filter_map(|(old, new)| RouteChange::between(old, new)).collect(),
            keys: NameDiff::between(&old.keys, &new.keys, |key| &key.name),
            webhooks: NameDiff::between(&old.webhooks, &new.webhooks, |webhook| &webhook.name),
            alerts: changes(thresholds(&old.alerts), thresholds(&new.alerts)),
            at_restart: at_restart(old, new),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl NameDiff {
    fn between<T: PartialEq>(old: &[T], new: &[T], name: impl Fn(&T) -> &str) -> Self {
        // A caller may have several keys.
        let mut names: BTreeMap<&str, (Vec<&T>, Vec<&T>)> = BTreeMap::new();
        old.iter().for_each(|one| names.entry(name(one)).or_default().0.push(one));
        new.iter().for_each(|one| names.entry(name(one)).or_default().1.push(one));
        let mut diff = Self::default();
        for (name, (old, new)) in names {
            match (old.is_empty(), new.is_empty()) {
                (true, _) => diff.added.push(name.to_owned()),
                (_, true) => diff.removed.push(name.to_owned()),
                _ if old != new => diff.changed.push(name.to_owned()),
                _ => {}
            }
        }
        diff
    }
}

fn by_name(config: &Config) -> BTreeMap<&str, &RouteConfig> {
    config.routes.iter().map(|route| (route.name.as_str(), route)).collect()
}

fn thresholds(alerts: &AlertConfig) -> Vec<(&'static str, String)> {
    let kept = alerts.kept_users.map(|users| ("alerts.kept_users", users.to_string()));
    let usual = [
        ("alerts.blocked_lanes", alerts.blocked_lanes.to_string()),
        ("alerts.backlog_age", format!("{:?}", alerts.backlog_age)),
    ];
    usual.into_iter().chain(kept).collect()
}

fn at_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let (server, other) = (&old.server, &new.server);
    [
        ("server.listen", server.listen != other.listen),
        ("server.default_country", server.default_country != other.default_country),
        ("server.workers", server.workers != other.workers),
        ("server.max_connections", server.max_connections != other.max_connections),
        ("operator.listen", old.operator.listen != new.operator.listen),
        ("operator.hosts", old.operator.hosts != new.operator.hosts),
        ("store.sqlite", old.store != new.store),
        ("store.update_retention", old.retention.updates != new.retention.updates),
        ("store.attempt_retention", old.retention.attempts != new.retention.attempts),
        ("store.idempotency_ttl", old.retention.idempotency != new.retention.idempotency),
        ("log", old.log != new.log),
        ("traces", old.traces != new.traces),
    ]
    .into_iter()
    .filter_map(|(option, differs)| differs.then_some(option))
    .collect()
}
