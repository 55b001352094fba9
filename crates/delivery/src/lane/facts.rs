use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use adapter::{Fingerprint, Group};
use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::Version;
use crate::mutation::{self, Mutation};

/// What a user's profile means to one route at one moment; the planner derives it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The user's version.
    pub version: Version,
    /// Whether the profile was read. Where it was not, nothing is known of what the route carries.
    pub is_known: bool,
    /// Whether the route serves a user with this profile.
    pub serves: bool,
    /// Where the route leads: its vendor's scheme, host and port.
    pub place: Fingerprint,
    /// The leaves that the route carries, and what is to be asserted of each.
    pub carried: &'a BTreeMap<Leaf, Assertion>,
    /// The leaves of the profile that have a field at the route and are not carried as they are now, with the field's name.
    pub uncarried: &'a [(Leaf, Arc<str>)],
    /// The leaves that go with every request.
    pub required: &'a [RequiredFact],
    /// The leaves that go together or not at all.
    pub groups: &'a [Group],
    /// The members wanted of each carried set that the update call only adds to.
    pub members: &'a BTreeMap<Leaf, BTreeSet<String>>,
}

/// One value that the vendor is to have: a version of a leaf, in one field, put there in one way.
#[derive(Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The leaf.
    pub leaf: Leaf,
    /// The version of the user that last changed it.
    pub version: Version,
    /// The field's name on the wire.
    pub slot: Arc<str>,
    /// How it is put on the wire.
    pub way: Fingerprint,
    /// Whether nothing of ours is there when it was confirmed: the field is cleared, or the set is empty.
    pub clears: bool,
}

/// What the profile has of a leaf that goes with every request.
#[derive(Clone, PartialEq)]
pub struct RequiredFact {
    /// The leaf.
    pub leaf: Leaf,
    /// The field's name on the wire.
    pub slot: Arc<str>,
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
    /// When the process began: what was confirmed before counts as confirmed then, because the clock may have been set since.
    pub began: crate::Millis,
}

impl Facts<'_> {
    /// Whether a leaf goes with every request.
    pub(super) fn is_required(&self, leaf: &Leaf) -> bool {
        self.required.iter().any(|required| required.leaf == *leaf)
    }

    /// The other leaves of the leaf's group.
    pub(super) fn companions(&self, leaf: &Leaf) -> impl Iterator<Item = &Leaf> {
        let group =
            self.groups.iter().find(|group| group.contains(leaf) && !mutation::is_on(Mutation::HalfAGroup));
        group.into_iter().flat_map(Group::iter).filter(move |other| *other != leaf)
    }

    /// Whether two leaves go together or not at all.
    pub(super) fn are_one(&self, one: &Leaf, other: &Leaf) -> bool {
        one == other || self.companions(one).any(|companion| companion == other)
    }

    /// Whether the profile has the leaf in a form that the route cannot carry.
    pub(super) fn is_uncarried(&self, leaf: &Leaf) -> bool {
        self.uncarried.iter().any(|(uncarried, _)| uncarried == leaf)
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} as {} {:?}", self.leaf, self.version, self.slot, self.way)
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
