//! Single rules; see `proof::model` for what they mean together.

mod blocks;
mod groups;
mod holds;
mod identities;
mod parts;
mod required;
mod rules;
mod sending;
mod served;
mod suspicion;

use std::collections::{BTreeMap, BTreeSet};

use adapter::{Fingerprint, Group};
use canonical::Leaf;
use serde_json::json;

use super::*;
use crate::Millis;

const WINDOW: Millis = 75_000;
const HOUR: Millis = 3_600_000;

/// A user's profile as one route sees it.
#[derive(Default)]
struct User {
    version: Version,
    carried: BTreeMap<Leaf, Assertion>,
    required: Vec<RequiredFact>,
    groups: Vec<Group>,
    members: BTreeMap<Leaf, BTreeSet<String>>,
    uncarried: Vec<(Leaf, std::sync::Arc<str>)>,
    not_served: bool,
    place: Option<Fingerprint>,
}

/// The way in which everything goes unless a test says otherwise.
const WAY: Fingerprint = Fingerprint::of_number(7);

/// A leaf goes to the field of its name.
fn assertion(leaf: &Leaf, version: Version) -> Assertion {
    Assertion { leaf: leaf.clone(), version, slot: leaf.name().into(), way: WAY, clears: false }
}

impl User {
    fn facts(&self) -> Facts<'_> {
        Facts {
            version: self.version,
            is_known: true,
            serves: !self.not_served,
            place: self.place.unwrap_or(Fingerprint::of_number(1)),
            carried: &self.carried,
            uncarried: &self.uncarried,
            required: &self.required,
            groups: &self.groups,
            members: &self.members,
        }
    }

    fn require(&mut self, leaf: Leaf, value: Option<&str>) {
        self.required.retain(|fact| fact.leaf != leaf);
        let slot = leaf.name().into();
        self.required.push(RequiredFact { leaf, slot, value: value.map(|value| json!(value)) });
    }
}

/// A user and the lane to one vendor.
struct Case {
    user: User,
    lane: Lane,
}

impl Case {
    /// The vendor knows the user as 89 and has been sent nothing.
    fn new() -> Self {
        Self { user: User::default(), lane: Lane::new(Some("89".to_owned())) }
    }

    /// The vendor has confirmed these leaves.
    fn in_step(leaves: &[Leaf]) -> Self {
        let mut case = Self::new();
        case.confirm(leaves);
        case
    }

    /// The vendor needs an e-mail address with every request and has confirmed this one.
    fn with_email(email: &str) -> Self {
        let mut case = Self::new();
        case.user.require(Leaf::Email, Some(email));
        case.confirm(&[Leaf::Email]);
        case
    }

    fn confirm(&mut self, leaves: &[Leaf]) {
        self.update(leaves, 0);
        self.attempt(0, ok());
        assert_eq!(self.lane.state, State::Idle);
    }

    fn apply(&mut self, event: Event<'_>, now: Millis) -> Effect {
        apply(&mut self.lane, &self.user.facts(), event, now)
    }

    /// Changes leaves that the route carries in a new version.
    fn update(&mut self, leaves: &[Leaf], now: Millis) {
        self.user.version += 1;
        let version = self.user.version;
        self.user.carried.extend(leaves.iter().map(|leaf| (leaf.clone(), assertion(leaf, version))));
        self.accept(leaves, now);
    }

    fn accept(&mut self, changed: &[Leaf], now: Millis) {
        self.apply(Event::Accept { changed, resent: &[], priority: Priority::Interactive }, now);
    }

    /// Sets a leaf to the value that it has.
    fn resend(&mut self, leaf: Leaf, now: Millis) {
        self.apply(Event::Accept { changed: &[], resent: &[leaf], priority: Priority::Interactive }, now);
    }

    fn rearm(&mut self, rearm: Rearm, now: Millis) {
        self.apply(Event::Rearm(rearm), now);
    }

    fn start(&mut self, now: Millis) {
        self.apply(Event::Start { window: WINDOW }, now);
    }

    fn try_claim_as(&mut self, subject: SubjectFact, now: Millis) -> Option<Claim> {
        match self.apply(Event::Claim(subject), now) {
            Effect::Send(claim) => Some(claim),
            _ => None,
        }
    }

    fn try_claim(&mut self, now: Millis) -> Option<Claim> {
        let candidate = Some(("89".to_owned(), "89".to_owned()));
        self.try_claim_as(SubjectFact { candidate, taken: false, apply_window: None, began: 0 }, now)
    }

    fn claim(&mut self, now: Millis) -> Claim {
        self.try_claim(now).expect("something to send")
    }

    fn settle(&mut self, claim: &Claim, started_at: Millis, outcome: Outcome) -> Effect {
        let settle = settle(claim, started_at, sent(claim, &self.user), outcome);
        self.apply(Event::Settle(settle), started_at + 100)
    }

    /// Claims and settles; answers what was sent.
    fn attempt(&mut self, started_at: Millis, outcome: Outcome) -> Claim {
        let claim = self.claim(started_at);
        self.settle(&claim, started_at, outcome);
        claim
    }
}

fn leaves(claim: &Claim) -> Vec<Leaf> {
    claim.payload.iter().map(|assertion| assertion.leaf.clone()).collect()
}

/// The leaves that went along, with their values.
fn fillers(claim: &Claim) -> Vec<(Leaf, Filler)> {
    claim.fillers.iter().map(|(assertion, filler)| (assertion.leaf.clone(), filler.clone())).collect()
}

fn settle(claim: &Claim, started_at: Millis, sent: Sent, outcome: Outcome) -> Settle {
    Settle { epoch: claim.epoch, started_at, sent, is_partly_applied: false, outcome }
}

fn sent(claim: &Claim, user: &User) -> Sent {
    let value = |leaf: &Leaf| user.required.iter().find(|fact| fact.leaf == *leaf)?.value.clone();
    let of_payload = claim.payload.iter().filter_map(|it| Some((it.leaf.clone(), value(&it.leaf)?)));
    let of_fillers = claim.fillers.iter().map(|(assertion, filler)| match filler {
        Filler::Profile(value) | Filler::Confirmed(value) => (assertion.leaf.clone(), value.clone()),
    });
    Sent {
        payload: claim.payload.clone(),
        along: claim.fillers.iter().map(|(assertion, _)| assertion.clone()).collect(),
        version: claim.sent,
        place: Some(claim.place),
        required: of_payload.chain(of_fillers).collect(),
        ..Sent::default()
    }
}

/// Whether the vendor has confirmed this version of the leaf, and no lost request can overwrite it.
fn is_safe(lane: &Lane, leaf: &Leaf, version: Version) -> bool {
    lane.slots.get(leaf.name()).is_some_and(|slot| slot.version == version && !slot.in_doubt)
}

fn ok() -> Outcome {
    Outcome::Ok { witness: None, unverified: Vec::new() }
}

fn rejected(named: &[Leaf]) -> Outcome {
    Outcome::Rejected { named: named.to_vec(), status: Some(422) }
}

fn unknown(started_at: Millis) -> Outcome {
    let failure = Failure {
        class: FailureClass::Unavailable,
        status: None,
        counted: true,
        cause: WaitCause::Outage,
        next_at: started_at + 2_000,
        release_subject: false,
    };
    Outcome::Unknown { failure, suspect_until: started_at + WINDOW }
}
