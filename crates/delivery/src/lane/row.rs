use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use adapter::Fingerprint;
use canonical::Leaf;
use serde::{Deserialize, Serialize};
use serde_json::Value as JsonValue;

use super::{BlockReason, FailureClass, Hold, Slots, State, Version, WaitCause, Watermark};
use crate::{Millis, TraceContext};

/// The row of one lane.
#[derive(Clone, PartialEq, Default)]
pub struct Lane {
    /// Where the lane stands.
    pub state: State,
    /// From when on the lane may be claimed, in [`State::Wait`]; when it is re-armed by itself, in [`State::Blocked`].
    pub next_at: Millis,
    /// Which of two queues of the route the lane waits in.
    pub priority: Priority,
    /// What is known of each field at the vendor.
    pub slots: Slots,
    /// Whether the vendor has or may have a value of ours that is not the person's any more; as of the last event.
    pub keeps: bool,
    /// Leaves whose value the vendor refused.
    pub held: BTreeMap<Leaf, Hold>,
    /// The leaves that a block is about.
    pub blocked_leaves: Vec<Leaf>,
    /// Since when a refusal that names no leaf is being isolated: leaves are tried one by one.
    pub isolating_since: Option<Millis>,
    /// What was asked for while an attempt was in flight.
    pub again: Again,
    /// Until when a lost request may still change the vendor.
    pub suspect_until: Option<Millis>,
    /// Whether such a request is of a life before, so that nobody knows which fields it writes.
    pub is_blind: bool,
    /// When the last claim was made.
    pub last_send_at: Option<Millis>,
    /// Grows with each claim; an answer to an older claim changes nothing.
    pub epoch: u64,
    /// Failures in a row that are charged to the lane.
    pub attempt: u32,
    /// Where the route led when something was sent last; none before.
    pub place: Option<Fingerprint>,
    /// How the vendor knows the user.
    pub subject: Option<String>,
    /// The subject reserved for this lane, for comparing; unique at a route.
    pub subject_key: Option<String>,
    /// Whether the vendor has ever confirmed an update under the subject.
    pub pinned: bool,
    /// An id that the vendor's answers name beside the subject.
    pub witness: Option<String>,
    /// Per Required leaf the last value confirmed; per AddOnly leaf every member that the vendor may hold because of us.
    pub confirmed: BTreeMap<Leaf, Confirmed>,
    /// Leaves that the vendor echoed with another value than the one sent, in its last success.
    pub unverified: Vec<Leaf>,
    /// Why the last attempt failed; none after a success.
    pub last_class: Option<FailureClass>,
    /// The status of the last failed attempt, where it had one.
    pub last_status: Option<u16>,
    /// When the present row of failures began.
    pub first_fail_at: Option<Millis>,
    /// Since when the lane owes something. What was confirmed and is in doubt is not owed before an attempt fails that is to
    /// put it beyond doubt.
    pub dirty_since: Option<Millis>,
    /// Of the versions of the user up to this one nobody knows whether they were delivered: the row is of an older schema, or was of
    /// another subject or place.
    pub known_since: Version,
    /// What a row of an older schema knew, until the first event that knows the profile.
    pub watermark: Option<Watermark>,
    /// The trace of the newest of the updates that are owed, of those that belong to one.
    pub trace: Option<TraceContext>,
    /// Grows with each change of the row, so that the later one of two can be told.
    pub revision: u64,
}

/// Which of two queues a lane waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Updates of callers.
    #[default]
    Interactive,
    /// Everything that is one of many.
    Bulk,
}

/// What was asked for while an attempt was in flight; carried out by its settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Again {
    /// Nothing.
    #[default]
    None,
    /// A look at what is owed by then.
    Look,
    /// Another try of what is held or blocked.
    Retry,
    /// Everything.
    Resync,
}

/// What a vendor holds because of us.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Confirmed {
    /// The members of a set.
    Members(BTreeSet<String>),
    /// The value of a field, in its wire form.
    Value(JsonValue),
}

impl Lane {
    /// A lane that has never been claimed.
    pub fn new(subject: Option<String>) -> Self {
        Self { subject, ..Self::default() }
    }

    /// Whether the lane may be claimed: it is ready, its time has come, or its route has recovered since its last attempt.
    pub fn is_due(&self, now: Millis, released_at: Option<Millis>) -> bool {
        match self.state {
            State::Ready => true,
            State::Wait(WaitCause::Outage) => {
                let released = released_at.is_some_and(|released| self.last_send_at < Some(released));
                self.next_at <= now || released
            }
            State::Wait(_) => self.next_at <= now,
            _ => false,
        }
    }

    /// Whether the lane has failed for a cause of its own, and waits for its own next attempt.
    pub fn fails_alone(&self) -> bool {
        self.state != State::Ready && self.attempt > 0 && self.last_class.is_some()
    }

    /// Whether the route was told once who the user is at the vendor, and nothing is known of that any more.
    pub fn has_lost_its_identity(&self) -> bool {
        self.state == State::Idle && self.subject.is_none() && self.dirty_since.is_none()
    }

    /// Whether a lost request may still change the vendor.
    pub fn is_suspect(&self) -> bool {
        self.suspect_until.is_some()
    }

    /// The members of a set that the vendor may hold because of us.
    pub fn members(&self, leaf: &Leaf) -> BTreeSet<String> {
        match self.confirmed.get(leaf) {
            Some(Confirmed::Members(members)) => members.clone(),
            _ => BTreeSet::new(),
        }
    }

    /// The last value of a Required leaf that the vendor confirmed.
    pub fn confirmed_value(&self, leaf: &Leaf) -> Option<&JsonValue> {
        match self.confirmed.get(leaf) {
            Some(Confirmed::Value(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether there is anything that another try could change: a lane that is in step, or that waits for its turn or for the end
    /// of a doubt, has nothing to be tried again.
    pub fn may_be_tried_again(&self) -> bool {
        match self.state {
            // Nothing goes out before the caller has given what is missing.
            State::Blocked(BlockReason::NeedsData) => false,
            State::Blocked(_) | State::InFlight | State::Wait(WaitCause::Backoff | WaitCause::Outage) => true,
            // Owed by a route that did not serve the user when it was its turn. What is to be tried again and rests waits for a leaf that
            // goes together with it.
            State::Idle => self.dirty_since.is_some() || self.held.values().any(|hold| !hold.again),
            State::Ready | State::Wait(WaitCause::Verify | WaitCause::HoldRetry) => !self.held.is_empty(),
            State::Erased => false,
        }
    }

    /// Since when the vendor does not show everything: something is owed, or a leaf is held.
    pub fn out_of_step_since(&self) -> Option<Millis> {
        self.dirty_since.or_else(|| self.held.values().map(|hold| hold.since).min())
    }

    pub(super) fn ready(&mut self, now: Millis) {
        self.state = State::Ready;
        self.next_at = now;
        self.blocked_leaves.clear();
    }

    pub(super) fn wait(&mut self, cause: WaitCause, next_at: Millis) {
        self.state = State::Wait(cause);
        self.next_at = next_at;
    }

    pub(super) fn block(&mut self, reason: BlockReason, leaves: Vec<Leaf>, now: Millis) {
        self.state = State::Blocked(reason);
        self.blocked_leaves = leaves;
        self.isolating_since = None;
        self.next_at = super::rearm::next_automatic(reason, now);
        self.first_fail_at.get_or_insert(now);
        self.dirty_since.get_or_insert(now);
    }

    /// Notes that the row is another one than before.
    pub fn revise(&mut self) {
        self.revision += 1;
    }

    /// Everything was confirmed, and a request that was lost may overwrite it until then.
    pub(super) fn wait_in_doubt(&mut self, until: Millis) {
        self.dirty_since = None;
        self.wait(WaitCause::Verify, until);
    }

    /// Nothing is left to send now: waits for the next try of a held leaf, if one has tries left.
    pub(super) fn rest(&mut self) {
        self.dirty_since = None;
        self.trace = None;
        self.priority = Priority::Interactive;
        // What is to be tried again and is not owed waits for a leaf that goes together with it.
        let holds = self.held.values().filter(|hold| !hold.again);
        match holds.filter_map(Hold::next_try).min() {
            Some(next_try) => self.wait(WaitCause::HoldRetry, next_try),
            None => self.state = State::Idle,
        }
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane")
            .field("state", &self.state)
            .field("slots", &self.slots)
            .field("held", &self.held)
            .field("isolating_since", &self.isolating_since)
            .field("again", &self.again)
            .field("suspect_until", &self.suspect_until)
            .field("epoch", &self.epoch)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Confirmed::Members(_) => "Members(..)",
            Confirmed::Value(_) => "Value(..)",
        })
    }
}
