//! Canonical values as the routes carry them: what a recorder puts into a history.

use std::collections::BTreeSet;

use adapter::{Dialect, Mapping, Rule, WireValue};
use canonical::{Change as LeafChange, Leaf, Patch};
use serde_json::Value as Json;
use vendor_sim::Vendor;

use super::{Change, Form, Wire};

/// What a patch changes, with its wire form at each of these routes, some of which may be one route as it is configured at
/// different times; subjects and revival are the recorder's to add.
pub fn change<'a>(patch: &Patch, routes: impl IntoIterator<Item = (&'a str, &'a Mapping)>) -> Change {
    let mut change = Change { clear_custom: patch.clear_custom, ..Change::default() };
    for (leaf, what) in &patch.changes {
        let value = match what {
            LeafChange::Clear => Json::Null,
            LeafChange::Set(value) => value.to_json(),
        };
        change.leaves.insert(leaf.name().to_owned(), value);
    }
    for (route, mapping) in routes {
        let wire = change.wire.entry(route.to_owned()).or_default();
        for (leaf, field) in mapping.fields() {
            let carried = match patch.changes.get(leaf) {
                Some(LeafChange::Set(value)) => mapping.carry(leaf, Some(value)),
                Some(LeafChange::Clear) => mapping.carry(leaf, None),
                None if patch.clear_custom && matches!(leaf, Leaf::Custom(_)) => mapping.carry(leaf, None),
                None => continue,
            };
            let form = carried.map_or(Form::Uncarried, |value| Form::Carried(plain(value)));
            let one = Wire { leaf: leaf.name().to_owned(), field: field.to.to_string(), form };
            if !wire.contains(&one) {
                wire.push(one);
            }
        }
    }
    change
}

/// A wire value as JSON; null clears.
pub fn plain(value: WireValue) -> Json {
    match value {
        WireValue::Set(value) => value,
        WireValue::Clear => Json::Null,
        WireValue::Members { wanted, .. } => wanted.into(),
    }
}

/// The fields of a mapping that have a rule.
pub fn fields_with(mapping: &Mapping, rule: Rule) -> BTreeSet<String> {
    mapping.fields().filter(|(_, field)| field.rule == rule).map(|(_, field)| field.to.to_string()).collect()
}

/// The fields of a mapping that go together or not at all.
pub fn groups(mapping: &Mapping) -> Vec<BTreeSet<String>> {
    let field = |leaf: &Leaf| Some(mapping.field(leaf)?.to.to_string());
    mapping.groups().iter().map(|group| group.iter().filter_map(field).collect()).collect()
}

/// What a vendor can carry.
pub fn dialect(vendor: Vendor) -> &'static Dialect {
    match vendor {
        Vendor::Communal => &adapter_communal::DIALECT,
        Vendor::Communifire => &adapter_communifire::DIALECT,
        Vendor::UserCom => &adapter_usercom::DIALECT,
        Vendor::Village => &adapter_village::DIALECT,
    }
}
