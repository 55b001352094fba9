use std::collections::BTreeMap;

use canonical::Leaf;

use super::{Config, RouteConfig, Vendor};

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
    /// The thresholds of alerts differ.
    pub alerts: bool,
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

/// How one route differs. Where there is an old and a new value, the old one is first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteChange {
    /// The route.
    pub name: String,
    /// Another vendor.
    pub vendor: Option<(Vendor, Vendor)>,
    /// Another kind of subject.
    pub subject_kind: Option<(&'static str, &'static str)>,
    /// Another part of the vendor: Village's network.
    pub account: Option<(Option<String>, Option<String>)>,
    /// Another scheme, host, port or network.
    pub origin: Option<(String, String)>,
    /// Leaves that are no longer sent.
    pub dropped_leaves: Vec<Leaf>,
    /// Leaves that are sent now and were not before.
    pub added_leaves: Vec<Leaf>,
    /// The mapping, the filter or an option of the vendor differs: what was refused is tried again.
    pub mapping: bool,
    /// Another secret, or the same one from elsewhere.
    pub credential: bool,
    /// Anything else differs: limits, network, base path, certificates, enrolment.
    pub other: bool,
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
            changed: pairs
                .map(|(old, new)| RouteChange::between(old, new))
                .filter(RouteChange::is_change)
                .collect(),
            keys: NameDiff::between(&old.keys, &new.keys, |key| &key.name),
            webhooks: NameDiff::between(&old.webhooks, &new.webhooks, |webhook| &webhook.name),
            alerts: old.alerts != new.alerts,
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

impl RouteChange {
    /// Whether the route is another one under the same name, which a reload refuses: vendor, subject kind or network differ.
    pub fn needs_new_name(&self) -> bool {
        self.vendor.is_some() || self.subject_kind.is_some() || self.account.is_some()
    }

    /// Whether a reload needs `--confirm`: personal data would go to another host, or leaves would no longer be sent.
    pub fn needs_confirmation(&self) -> bool {
        self.origin.is_some() || !self.dropped_leaves.is_empty()
    }

    fn between(old: &RouteConfig, new: &RouteConfig) -> Self {
        let missing = |from: &RouteConfig, to: &RouteConfig| {
            from.carried.keys().filter(|leaf| !to.carried.contains_key(leaf)).cloned().collect()
        };
        Self {
            name: old.name.clone(),
            vendor: pair(&old.vendor, &new.vendor),
            subject_kind: pair(&old.subject_kind.name, &new.subject_kind.name),
            account: pair(&old.account, &new.account),
            origin: pair(&old.origin, &new.origin),
            dropped_leaves: missing(old, new),
            added_leaves: missing(new, old),
            mapping: old.mapping_revision != new.mapping_revision,
            credential: old.credential_digest != new.credential_digest
                || old.credential_source != new.credential_source,
            other: other(old, new),
        }
    }

    fn is_change(&self) -> bool {
        *self != Self { name: self.name.clone(), ..Self::default() }
    }
}

fn by_name(config: &Config) -> BTreeMap<&str, &RouteConfig> {
    config.routes.iter().map(|route| (route.name.as_str(), route)).collect()
}

fn pair<T: PartialEq + Clone>(old: &T, new: &T) -> Option<(T, T)> {
    (old != new).then(|| (old.clone(), new.clone()))
}

fn other(old: &RouteConfig, new: &RouteConfig) -> bool {
    let limits = |route: &RouteConfig| {
        let limits = &route.limits;
        (limits.concurrency, limits.timeout, limits.settle, limits.apply_window)
    };
    limits(old) != limits(new)
        || old.limits.rate != new.limits.rate
        || old.base_url != new.base_url
        || old.network != new.network
        || old.plain_http != new.plain_http
        || old.extra_roots != new.extra_roots
        || old.enrol != new.enrol
        || old.auth != new.auth
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
        ("store", old.store != new.store),
        ("retention", old.retention != new.retention),
        ("log", old.log != new.log),
        ("traces", old.traces != new.traces),
    ]
    .into_iter()
    .filter_map(|(option, differs)| differs.then_some(option))
    .collect()
}
