use std::collections::BTreeMap;

use adapter::{ClearAs, FieldOption, FieldOptions, Overlong};
use canonical::Leaf;
use transport_http::PlainHttp;

use super::{RouteConfig, Vendor};

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
    /// Leaves that are sent in another way.
    pub leaves: Vec<LeafChange>,
    /// The mapping, the filter or an option of the vendor differs: what was refused is tried again.
    pub mapping: bool,
    /// Another secret, or the same one from elsewhere.
    pub credential: bool,
    /// Options that differ, but for the credential and what is said of single leaves.
    pub options: Vec<OptionChange>,
    /// The certificates in `ca_file` are others.
    pub certificates: bool,
}

/// An option that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionChange {
    /// The option's name.
    pub name: &'static str,
    /// What it was; none: nothing was said.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
}

/// How a leaf is sent in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafChange {
    /// The leaf.
    pub leaf: Leaf,
    /// What of `to`, `overlong`, `clear` and `negate` differs.
    pub options: Vec<OptionChange>,
    /// Other texts for values; they are not told, because they may be personal data.
    pub map: bool,
}

impl RouteChange {
    /// What `new` changes against `old`; none: nothing.
    pub(super) fn between(old: &RouteConfig, new: &RouteConfig) -> Option<Self> {
        let missing = |from: &RouteConfig, to: &RouteConfig| {
            from.carried.keys().filter(|leaf| !to.carried.contains_key(leaf)).cloned().collect()
        };
        let change = Self {
            name: old.name.clone(),
            vendor: pair(&old.vendor, &new.vendor),
            subject_kind: pair(&old.subject_kind.name, &new.subject_kind.name),
            account: pair(&old.account, &new.account),
            origin: pair(&old.origin, &new.origin),
            dropped_leaves: missing(old, new),
            added_leaves: missing(new, old),
            leaves: leaves(old, new),
            mapping: old.mapping_revision != new.mapping_revision,
            credential: old.credential_digest != new.credential_digest
                || old.credential_source != new.credential_source,
            options: options(old, new),
            certificates: old.extra_roots != new.extra_roots && old.ca_file == new.ca_file,
        };
        (change != Self { name: old.name.clone(), ..Self::default() }).then_some(change)
    }

    /// Whether the route is another one under the same name, which a reload refuses: vendor, subject kind or network differ.
    pub fn needs_new_name(&self) -> bool {
        self.vendor.is_some() || self.subject_kind.is_some() || self.account.is_some()
    }

    /// Whether a reload needs `--confirm`: personal data would go to another host, or leaves would no longer be sent.
    pub fn needs_confirmation(&self) -> bool {
        self.origin.is_some() || !self.dropped_leaves.is_empty()
    }
}

/// The options that differ between two lists of them, in the order of the new one.
pub(super) fn changes(
    old: Vec<(&'static str, String)>,
    new: Vec<(&'static str, String)>,
) -> Vec<OptionChange> {
    let mut old: BTreeMap<_, _> = old.into_iter().collect();
    let mut changes: Vec<OptionChange> = new
        .into_iter()
        .map(|(name, new)| OptionChange { name, old: old.remove(name), new: Some(new) })
        .collect();
    changes.extend(old.into_iter().map(|(name, old)| OptionChange { name, old: Some(old), new: None }));
    changes.retain(|change| change.old != change.new);
    changes
}

fn options(old: &RouteConfig, new: &RouteConfig) -> Vec<OptionChange> {
    let all = |route: &RouteConfig| {
        let mut options = route.options();
        options.push(("plain_http", (route.plain_http == PlainHttp::Allowed).to_string()));
        options
    };
    let mut changes = changes(all(old), all(new));
    for change in changes.iter_mut().filter(|change| change.name == "when") {
        let outline = |route: &RouteConfig| route.when.as_ref().map(crate::when::Filter::outline);
        (change.old, change.new) = (outline(old), outline(new));
    }
    changes
}

fn leaves(old: &RouteConfig, new: &RouteConfig) -> Vec<LeafChange> {
    let both = old.carried.iter().filter_map(|(leaf, to)| Some((leaf, to, new.carried.get(leaf)?)));
    both.filter_map(|(leaf, old_to, new_to)| {
        let (before, after) = (field(old, leaf), field(new, leaf));
        let change = LeafChange {
            leaf: leaf.clone(),
            options: changes(shown(old_to, &before), shown(new_to, &after)),
            map: before.map != after.map,
        };
        (!change.options.is_empty() || change.map).then_some(change)
    })
    .collect()
}

fn field(route: &RouteConfig, leaf: &Leaf) -> FieldOptions {
    match route.mapping.fields.get(leaf) {
        Some(FieldOption::On(options)) => options.clone(),
        Some(FieldOption::Off) | None => FieldOptions::default(),
    }
}

fn shown(to: &str, field: &FieldOptions) -> Vec<(&'static str, String)> {
    let overlong = match field.overlong {
        Overlong::Refuse => "refuse",
        Overlong::Truncate => "truncate",
    };
    let clear = match field.clear {
        ClearAs::Refuse => "refuse",
        ClearAs::EmptyString => "empty_string",
    };
    vec![
        ("to", to.to_owned()),
        ("overlong", overlong.to_owned()),
        ("clear", clear.to_owned()),
        ("negate", field.negate.to_string()),
    ]
}

fn pair<T: PartialEq + Clone>(old: &T, new: &T) -> Option<(T, T)> {
    (old != new).then(|| (old.clone(), new.clone()))
}
