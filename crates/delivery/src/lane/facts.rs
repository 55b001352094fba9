use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::Version;

/// What a user's profile means to one route at one moment; the planner derives it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The user's version.
    pub version: Version,
    /// Whether the route serves a user with this profile.
    pub serves: bool,
    /// The leaves that the route carries, with the version that last changed each.
    pub carried: &'a BTreeMap<Leaf, Version>,
    /// The leaves that go with every request.
    pub required: &'a [RequiredFact],
    /// The members wanted of each carried set that the update call only adds to.
    pub members: &'a BTreeMap<Leaf, BTreeSet<String>>,
}

/// What the profile has of a leaf that goes with every request.
#[derive(Clone, PartialEq)]
pub struct RequiredFact {
    /// The leaf.
    pub leaf: Leaf,
    /// Its value in wire form; none when it was never set, was cleared, or cannot be represented.
    pub value: Option<JsonValue>,
}

/// What is known at a claim of how the vendor names the user.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SubjectFact {
    /// The subject and its key, from the identity or the e-mail address; a reserved subject of the lane goes before it.
    pub candidate: Option<(String, String)>,
    /// Whether another lane of the route has the subject.
    pub taken: bool,
    /// How long after an acknowledged request the vendor may still apply it, in milliseconds; none: it applies first.
    pub apply_window: Option<crate::Millis>,
}

impl Facts<'_> {
    /// Where a carried leaf stands in the order of isolation.
    pub(super) fn position(&self, leaf: &Leaf) -> Option<(Version, Leaf)> {
        self.carried.get(leaf).map(|version| (*version, leaf.clone()))
    }
}

impl fmt::Debug for RequiredFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.leaf, if self.value.is_some() { "known" } else { "unknown" })
    }
}

impl fmt::Debug for SubjectFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "known: {}, taken: {}", self.candidate.is_some(), self.taken)
    }
}
