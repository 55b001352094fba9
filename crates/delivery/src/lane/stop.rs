use canonical::Leaf;

use super::{
    Assertion, Facts, Hold, Lane,
    known::{hold, is_confirmed},
};

/// Why a leaf that the route carries, and that its vendor has yet to confirm, is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop<'a> {
    /// The vendor has refused it.
    Held(&'a Hold),
    /// The vendor has refused this leaf, which goes together with it.
    HeldWith(&'a Leaf, &'a Hold),
    /// The route cannot carry this leaf, which goes together with it.
    UncarriedWith(&'a Leaf),
}

/// Why the leaf is not sent; none when it is confirmed, or owed.
pub(crate) fn stop<'a>(lane: &'a Lane, facts: &'a Facts<'_>, assertion: &Assertion) -> Option<Stop<'a>> {
    if let Some(hold) = hold(lane, assertion) {
        return Some(Stop::Held(hold));
    }
    if is_confirmed(lane, assertion) {
        return None;
    }
    let companions = || facts.companions(&assertion.leaf);
    let uncarried = companions().find(|leaf| facts.is_uncarried(leaf)).map(Stop::UncarriedWith);
    uncarried.or_else(|| {
        companions().find_map(|leaf| Some(Stop::HeldWith(leaf, hold(lane, facts.carried.get(leaf)?)?)))
    })
}
