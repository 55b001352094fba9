use std::collections::{BTreeMap, BTreeSet};

use adapter::Fingerprint;
use canonical::Leaf;

use crate::{
    Millis, RouteId,
    lane::{self, Assertion, Event, Facts, State},
    mutation::{self, Mutation},
    store::LaneRow,
};

/// No lane waits longer by itself than for the next daily try of a held leaf; a time further away comes from a clock that
/// was wrong.
const LONGEST_WAIT: Millis = 26 * 60 * 60 * 1000;

/// A route that is not configured any more has no window of its own: the longest possible one is assumed.
pub(super) const UNKNOWN_WINDOW: Millis = 24 * 60 * 60 * 1000;

/// How long an attempt at a route may still change its vendor.
fn window_of(windows: &[(RouteId, Millis)], route: RouteId) -> Millis {
    windows.iter().find(|(id, _)| *id == route).map_or(UNKNOWN_WINDOW, |(_, window)| *window)
}

/// From when on a stored time is too far away to be true.
pub fn too_far(now: Millis) -> Millis {
    if mutation::is_on(Mutation::StoredTimesBelieved) { Millis::MAX } else { now + LONGEST_WAIT }
}

/// Finds a lane as the last process left it; whether the row is to be written.
pub fn start(row: &mut LaneRow, windows: &[(RouteId, Millis)], now: Millis) -> bool {
    let before = row.lane.clone();
    let window = window_of(windows, row.route);
    lane::apply(row.lane_mut(), &no_facts(), Event::Start { window }, now);
    if matches!(row.lane.state, State::Wait(_) | State::Blocked(_)) {
        row.lane_mut().next_at = row.lane.next_at.min(too_far(now));
    }
    let changed = row.lane != before;
    if changed {
        row.lane_mut().revise();
    }
    changed
}

/// For an event that does not depend on the profile.
pub(super) fn no_facts() -> Facts<'static> {
    static CARRIED: BTreeMap<Leaf, Assertion> = BTreeMap::new();
    static MEMBERS: BTreeMap<Leaf, BTreeSet<String>> = BTreeMap::new();
    Facts {
        version: 0,
        is_known: false,
        serves: false,
        place: Fingerprint::of_number(0),
        carried: &CARRIED,
        uncarried: &[],
        required: &[],
        groups: &[],
        members: &MEMBERS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{Hold, HoldReason, Lane, WaitCause};

    fn row(lane: Lane) -> LaneRow {
        LaneRow { id: None, route: RouteId(1), lane: lane.into() }
    }

    #[test]
    fn a_start_forgets_no_hold() {
        let hold = Hold {
            version: 3,
            way: None,
            reason: HoldReason::Named,
            since: 0,
            tried_at: 0,
            tries: 0,
            again: false,
        };
        let lane = Lane {
            state: State::InFlight,
            held: [(Leaf::Title, hold)].into(),
            ..Lane::new(Some("1".to_owned()))
        };
        let mut row = row(lane);
        assert!(start(&mut row, &[(RouteId(1), 75_000)], 1_000));
        assert!(row.lane.held.contains_key(&Leaf::Title));
        assert_eq!(row.lane.suspect_until, Some(76_000));
        assert!(matches!(row.lane.state, State::Wait(WaitCause::Backoff)));
    }

    #[test]
    fn a_time_that_a_wrong_clock_stored_is_brought_back() {
        let mut row =
            row(Lane { state: State::Wait(WaitCause::Backoff), next_at: Millis::MAX / 4, ..Lane::default() });
        assert!(start(&mut row, &[], 0));
        assert_eq!(row.lane.next_at, LONGEST_WAIT);
    }
}
