use std::{collections::BTreeSet, fmt};

use canonical::Leaf;

/// Leaves that belong together: at a route that cannot carry one of them none is sent, so that a vendor never shows a new part beside
/// an old one.
#[derive(Clone, PartialEq, Eq)]
pub struct Group(BTreeSet<Leaf>);

impl Group {
    /// The group of these leaves.
    pub fn of(leaves: impl IntoIterator<Item = Leaf>) -> Self {
        Self(leaves.into_iter().collect())
    }

    /// The parts of a postal address.
    pub fn address() -> Self {
        Self::of(Leaf::STANDARD.iter().filter(|leaf| leaf.name().starts_with("address.")).cloned())
    }

    /// The leaves in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Leaf> {
        self.0.iter()
    }

    /// Whether the leaf is one of them.
    pub fn contains(&self, leaf: &Leaf) -> bool {
        self.0.contains(leaf)
    }

    /// Those of the leaves for which `is_member` holds; none when fewer than two are left, which nothing binds.
    pub(super) fn among(&self, is_member: impl Fn(&Leaf) -> bool) -> Option<Self> {
        let leaves: BTreeSet<Leaf> = self.iter().filter(|leaf| is_member(leaf)).cloned().collect();
        (leaves.len() > 1).then_some(Self(leaves))
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.0).finish()
    }
}
