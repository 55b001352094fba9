//! The four routes as they are configured, and what the checker has to know of them.

use std::collections::BTreeMap;

use adapter::{FieldOption, FieldOptions, Mapping, MappingOptions, Rule};
use canonical::Leaf;
use proof::history::{
    Ms, RouteFacts,
    translate::{dialect, fields_with, groups},
};
use vendor_sim::Vendor;

use crate::World;

/// How long one request may take.
const TIMEOUT: Ms = 2_000;
/// How long after that a vendor may apply it.
const SETTLE: Ms = 2_000;

/// Leaves that a route sends to a field of another name.
const NAMED: [(Vendor, &str, &str); 4] = [
    (Vendor::Communifire, "title", "Job title"),
    (Vendor::Communifire, "custom.tier", "Badge"),
    (Vendor::UserCom, "title", "job_title"),
    (Vendor::UserCom, "custom.tier", "my_string_attr"),
];

/// Configures the routes of a world.
pub(super) fn configure(world: &mut World) {
    for vendor in Vendor::ALL {
        let route = vendor.name();
        world.settings.set(route, "timeout", &format!("\"{TIMEOUT}ms\""));
        world.settings.set(route, "settle", &format!("\"{SETTLE}ms\""));
        world.settings.unset(route, "fields");
        for (_, leaf, field) in NAMED.iter().filter(|(own, ..)| *own == vendor) {
            world.settings.set(route, &format!("fields.{leaf}"), &format!("\"{field}\""));
        }
    }
    let communifire = world.vendor(Vendor::Communifire);
    communifire.set_knobs(|knobs| knobs.communifire.labels.push("Badge".to_owned()));
}

/// Which leaf goes where.
pub(super) fn mapping(vendor: Vendor) -> Mapping {
    let named = NAMED.iter().filter(|(own, ..)| *own == vendor);
    let fields: BTreeMap<Leaf, FieldOption> = named
        .map(|(_, leaf, field)| {
            let options = FieldOptions { to: Some((*field).to_owned()), ..FieldOptions::default() };
            (leaf.parse().expect("the name of a leaf"), FieldOption::On(options))
        })
        .collect();
    let options = MappingOptions { fields, ..MappingOptions::default() };
    Mapping::new(dialect(vendor), &options).expect("the mapping has no mistake")
}

/// What the checker has to know of a route.
pub(super) fn facts(vendor: Vendor) -> RouteFacts {
    let mapping = mapping(vendor);
    RouteFacts {
        timeout: TIMEOUT,
        settle: SETTLE,
        apply_window: 0,
        required: fields_with(&mapping, Rule::Required),
        sets: fields_with(&mapping, Rule::AddOnly),
        groups: groups(&mapping),
        has_moved: false,
        explicit: true,
        start_window: TIMEOUT + SETTLE,
    }
}
