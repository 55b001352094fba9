//! Rows of lanes: columns to a [`Lane`](delivery::lane::Lane) and back.

mod read;
mod slots;
mod write;

pub(crate) use read::{Found, read};
pub(crate) use write::{number, write};

/// What every query of lanes selects, in the order in which [`read`] takes it.
pub(crate) const COLUMNS: &str = "lane_id, route_id, user_id, state, why, why_leaves, prio, next_at, revision, slots, keeps, \
     known_since, suspect_until, last_send_at, epoch, attempt, isolating_since, place, held, again, subject, subject_key, pinned, \
     witness, confirmed, unverified, last_class, last_status, first_fail_at, dirty_since, blind, trace, old_acked, old_floor, \
     old_times";

/// The number of [`COLUMNS`]: where a query's own columns begin.
pub(crate) const COLUMN_COUNT: usize = 35;
