use adapter::{Subject, SubjectKind};

use super::{BlockReason, Effect, Lane, State};
use crate::Millis;

/// What becomes of a subject whose route compares subjects in another way than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rekey {
    /// It stays the user's, under this key.
    To(String),
    /// Another user's subject is the same one now: nothing is sent for this user until one of the two has another.
    Taken,
    /// The route takes no such subject any more: it is to be set again.
    Unaddressable,
}

impl Rekey {
    /// What becomes of a lane's subject when nobody else has it; none: nothing.
    pub fn of(kind: &'static SubjectKind, lane: &Lane) -> Option<Self> {
        let (subject, key) = (lane.subject.as_deref()?, lane.subject_key.as_deref()?);
        match Subject::parse(kind, subject) {
            Ok(subject) if subject.key() == key => None,
            Ok(subject) => Some(Self::To(subject.key())),
            Err(_) => Some(Self::Unaddressable),
        }
    }
}

/// The subject's text stays: it is what the user was given, and what a claim tries to reserve again.
pub(super) fn rekey(lane: &mut Lane, rekey: Rekey, now: Millis) -> Effect {
    let reason = match rekey {
        Rekey::To(key) => {
            lane.subject_key = Some(key);
            return Effect::Done;
        }
        Rekey::Taken => BlockReason::SubjectTaken,
        Rekey::Unaddressable => BlockReason::Unaddressable,
    };
    debug_assert_ne!(lane.state, State::InFlight, "a start has found it");
    lane.subject_key = None;
    lane.block(reason, Vec::new(), now);
    Effect::Done
}
