use super::{Assertion, Hold, Lane};
use crate::mutation::{self, Mutation};

/// The refusal that is in force: of this version, put on the wire in this way.
pub(crate) fn hold<'a>(lane: &'a Lane, assertion: &Assertion) -> Option<&'a Hold> {
    let hold = lane.held.get(&assertion.leaf)?;
    let is_other = hold.version != assertion.version && !mutation::is_on(Mutation::HoldIgnoresVersion);
    let is_other_way =
        hold.way.is_some_and(|way| way != assertion.way) && !mutation::is_on(Mutation::HoldIgnoresWay);
    (!is_other && !is_other_way).then_some(hold)
}

/// Whether the vendor has confirmed this version in this way.
pub(crate) fn is_confirmed(lane: &Lane, assertion: &Assertion) -> bool {
    let Some(slot) = lane.slots.get(&assertion.slot) else { return false };
    if mutation::is_on(Mutation::WayNotCompared) {
        return slot.leaf == assertion.leaf && slot.version == assertion.version;
    }
    slot.confirms(assertion)
}
