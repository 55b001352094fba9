//! What clients asked for and were told.

use canonical::{Leaf, UserId};
use delivery::{
    LaneId,
    store::{Accept, AcceptError, StoreError, UpdateRow},
};

/// Everything that was asked of a store, and how much of the disk's log there was when the answer came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) facts: Vec<(usize, Fact)>,
    /// Updates that were asked for, with the moment at which each was first known to be under way.
    pub(crate) asked: Vec<Accept>,
    /// Updates that were refused because the disk is full, which means that they are not stored.
    pub(crate) full: Vec<Accept>,
}

/// What a client was told and relies on.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    Accepted { command: Box<Accept>, update: Box<UpdateRow> },
    Claimed { user: UserId, lane: LaneId, epoch: u64 },
    Settled { user: UserId, lane: LaneId, epoch: u64, sent: Vec<(Leaf, u64)> },
    Erased { user: UserId, version: u64 },
}

impl Ledger {
    /// What had been told when so much of the log was there, to people who then go on at the beginning of another log.
    pub(crate) fn up_to(&self, cut: usize) -> Self {
        let told = self.facts.iter().filter(|(moment, _)| *moment <= cut);
        Self { facts: told.map(|(_, fact)| (0, fact.clone())).collect(), ..Self::default() }
    }

    /// What must be true when so much of the log was there.
    pub(crate) fn told(&self, cut: usize) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |(moment, _)| *moment <= cut).map(|(_, fact)| fact)
    }

    /// The updates that were asked for and not told to be taken by then.
    pub(crate) fn untold(&self, cut: usize) -> Vec<&Accept> {
        let is_told = |asked: &Accept| {
            self.told(cut)
                .any(|fact| matches!(fact, Fact::Accepted { command, .. } if command.id == asked.id))
        };
        self.asked.iter().filter(|asked| !is_told(asked)).collect()
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It was done.
    Done,
    /// It is not to be done: the user was erased, say.
    Refused,
    /// The disk is full.
    Full,
    /// Nobody knows.
    Unknown,
    /// Something that must not be said here.
    Wrong,
}

impl From<&StoreError> for Told {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::OutcomeUnknown(_) => Self::Unknown,
            _ => Self::Wrong,
        }
    }
}

impl From<&AcceptError> for Told {
    fn from(error: &AcceptError) -> Self {
        match error {
            AcceptError::Store(error) => error.into(),
            AcceptError::UserErased { .. } | AcceptError::VersionMismatch { .. } => Self::Refused,
            _ => Self::Wrong,
        }
    }
}
