use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use adapter::Fingerprint;
use canonical::Leaf;
use serde_json::Value as JsonValue;

use super::{Assertion, BlockReason, FailureClass, Version, WaitCause};
use crate::Millis;

/// How the attempt of a claim ended.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The claim's number.
    pub epoch: u64,
    /// When the first request of the attempt was started.
    pub started_at: Millis,
    /// What the attempt carried.
    pub sent: Sent,
    /// Whether a request of the attempt was answered as a success, though the attempt as a whole may have failed.
    pub is_partly_applied: bool,
    /// What became of it.
    pub outcome: Outcome,
}

/// What an attempt carried. Its `Debug` shows no values.
#[derive(Clone, Default)]
pub struct Sent {
    /// The payload.
    pub payload: Vec<Assertion>,
    /// What went along, because the vendor needs it with every request.
    pub along: Vec<Assertion>,
    /// The user version that it was built from.
    pub version: Version,
    /// Where it was sent; none when nothing could be built.
    pub place: Option<Fingerprint>,
    /// The value of each Required leaf in the request, in wire form.
    pub required: BTreeMap<Leaf, JsonValue>,
    /// The members that each set has of us after the request.
    pub members: BTreeMap<Leaf, BTreeSet<String>>,
    /// Whether the request carries less than the claim owes.
    pub partial: Partial,
}

/// Whether an attempt carries less than its claim owes, because it would have needed too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partial {
    /// It carries everything.
    #[default]
    No,
    /// It carries the first leaves only.
    Leaves,
    /// It carries one set and removes some of the members that must go.
    Members,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The vendor confirmed it.
    Ok {
        /// An id that the answer names beside the subject.
        witness: Option<String>,
        /// Leaves that the answer echoes with another value.
        unverified: Vec<Leaf>,
    },
    /// The adapter has no request for it: nothing went out, and nothing is confirmed.
    NothingToSend,
    /// It was certainly not applied; it is tried again.
    NotApplied {
        /// Why.
        failure: Failure,
    },
    /// Nobody can know whether it was applied; it is tried again, and once more when it cannot be applied any later.
    Unknown {
        /// Why.
        failure: Failure,
        /// Until when it may be applied.
        suspect_until: Millis,
    },
    /// The vendor refused the content.
    Rejected {
        /// The leaves that it named.
        named: Vec<Leaf>,
        /// The status of the answer.
        status: Option<u16>,
    },
    /// The vendor's answer is definite, and trying again does not help.
    Blocked {
        /// Why.
        reason: BlockReason,
        /// The class of the failure.
        class: FailureClass,
        /// The status of the answer.
        status: Option<u16>,
        /// Whether the vendor has never known the subject, which frees it for others.
        release_subject: bool,
        /// Until when an earlier request of the attempt may be applied, if one had no answer.
        suspect_until: Option<Millis>,
    },
}

impl Sent {
    /// Everything that was written.
    pub fn all(&self) -> impl Iterator<Item = &Assertion> {
        self.payload.iter().chain(&self.along)
    }
}

impl Outcome {
    /// Why the attempt failed; none for a success.
    pub fn class(&self) -> Option<FailureClass> {
        match self {
            Outcome::Ok { .. } | Outcome::NothingToSend => None,
            Outcome::NotApplied { failure } | Outcome::Unknown { failure, .. } => Some(failure.class),
            Outcome::Rejected { .. } => Some(FailureClass::Invalid),
            Outcome::Blocked { class, .. } => Some(*class),
        }
    }
}

/// A failed attempt that is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// Why it failed.
    pub class: FailureClass,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Whether the failure is charged to the lane.
    pub counted: bool,
    /// Whether other lanes of the route meet it too.
    pub cause: WaitCause,
    /// When the next attempt is due.
    pub next_at: Millis,
    /// Whether the vendor has never known the subject, which frees it for others.
    pub release_subject: bool,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sent {{ payload: {:?} }}", self.payload)
    }
}
