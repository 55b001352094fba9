//! One part of the benchmark each.

mod arrivals;
mod backlog;
mod disk;
mod hanging;
mod history;
mod latency;
mod stages;
mod start;
mod throughput;

use crate::{Error, bench::Bench, table::Table};

type Run = fn(&Bench) -> Result<Table, Error>;

/// All tables, in the order in which they are made.
const ALL: &[(&str, Run)] = &[
    ("throughput", throughput::run),
    ("latency", latency::run),
    ("hanging", hanging::run),
    ("backlog", backlog::run),
    ("start", start::run),
    ("disk", disk::run),
    ("stages", stages::run),
    ("history", history::run),
];

/// Their names.
pub(crate) fn names() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}

/// Those with these names; all of them when there are none.
pub(crate) fn chosen(names: &[String]) -> Vec<(&'static str, Run)> {
    let all = ALL.iter().copied();
    all.filter(|(name, _)| names.is_empty() || names.iter().any(|chosen| chosen == name)).collect()
}
