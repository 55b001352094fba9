use std::{collections::BTreeMap, sync::Arc};

use canonical::{Leaf, UserId};

use super::{Finding, KeptFound};
use crate::{RouteId, reading::ReadError};

/// What a comparison of users with their vendors came to.
#[derive(Debug, Default, PartialEq)]
pub struct Verification {
    /// One for each user and route that was looked at.
    pub results: Vec<Verified>,
    /// The users for whom there was no time.
    pub unreached: Vec<UserId>,
}

/// What became of comparing one user at one route.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The user.
    pub user: UserId,
    /// The route.
    pub route: RouteId,
    /// What was found.
    pub outcome: VerifyOutcome,
    /// What was found of each field in which a value of ours was kept, or may have been, by its name on the wire.
    pub kept: BTreeMap<Arc<str>, KeptFound>,
}

/// What was found of one user at one route.
#[derive(Debug, Clone, PartialEq)]
pub enum VerifyOutcome {
    /// What was found of each leaf. Where nothing was confirmed, the vendor was not asked.
    Compared(BTreeMap<Leaf, Finding>),
    /// The vendor does not know the person any more whom it had confirmed.
    Gone,
    /// The vendor answered about another person.
    AnotherPerson,
    /// The route has no subject for the user, or does not serve such a user.
    NotServed,
    /// Nothing was read.
    Unread(ReadError),
}

impl VerifyOutcome {
    /// Whether the vendor holds something else than it confirmed. What it is known to keep is no drift.
    pub fn is_drift(&self) -> bool {
        match self {
            Self::Compared(findings) => findings.values().any(|finding| *finding == Finding::Differs),
            Self::Gone | Self::AnotherPerson => true,
            Self::NotServed | Self::Unread(_) => false,
        }
    }
}
