use super::start::no_facts;
use crate::{
    Millis,
    lane::{self, Effect, Event, Rekey},
    store::LaneRow,
};

/// Gives a lane's subject what becomes of it; whether the row is to be written.
pub fn rekey(row: &mut LaneRow, rekey: Rekey, now: Millis) -> bool {
    let changed = lane::apply(row.lane_mut(), &no_facts(), Event::Rekey(rekey), now) == Effect::Done;
    if changed {
        row.lane_mut().revise();
    }
    changed
}

/// Whether this lane keeps a subject that it and another one have: the one that the vendor has confirmed, else the older one.
pub fn keeps_subject(row: &LaneRow, other: &LaneRow) -> bool {
    (!row.lane.pinned, row.id) < (!other.lane.pinned, other.id)
}
