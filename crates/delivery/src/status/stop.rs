use std::collections::BTreeMap;

use adapter::Fate;
use canonical::{Leaf, Profile};

use crate::{
    Route,
    lane::{self, Lane, Stop},
    planner::{self, RouteView},
};

/// The leaves that the route carries and that are not sent, with what becomes of each and the leaf that goes together with it and is
/// the cause, if one is.
pub(crate) fn stopped(
    route: &Route,
    profile: &Profile,
    lane: &Lane,
    view: &RouteView,
) -> BTreeMap<Leaf, (Fate, Option<Leaf>)> {
    let facts = view.facts();
    let fate = |stop: Stop<'_>| {
        let (fate, companion) = fate_of(route, profile, stop);
        (fate, companion.cloned())
    };
    let stopped =
        view.carried().filter_map(|it| Some((it.leaf.clone(), fate(lane::stop(lane, &facts, it)?))));
    stopped.collect()
}

/// What becomes of a leaf that is stopped, and the leaf that goes together with it and is the cause, if one is.
pub(super) fn fate_of<'a>(route: &Route, profile: &Profile, stop: Stop<'a>) -> (Fate, Option<&'a Leaf>) {
    match stop {
        Stop::Held(_) => (Fate::Held, None),
        Stop::HeldWith(companion, _) => (Fate::Held, Some(companion)),
        Stop::UncarriedWith(companion) => {
            (planner::fate(route, profile, companion).unwrap_or(Fate::Unmapped), Some(companion))
        }
    }
}
