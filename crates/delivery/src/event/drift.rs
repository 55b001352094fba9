use std::collections::{BTreeMap, BTreeSet};

use canonical::Leaf;

use crate::{
    RouteId,
    drift::{Finding, Verification, VerifyOutcome},
};

/// What a comparison of users with what a vendor shows has found at one route.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// How many users were compared.
    pub compared: u64,
    /// How many of them differ.
    pub differing: u64,
    /// The leaves that differ.
    pub leaves: BTreeSet<Leaf>,
}

/// So many users without a difference end what an earlier comparison has found; fewer say little about a route.
const ENOUGH: u64 = 10;

impl Drift {
    /// What a comparison has found at each route.
    pub fn of(verification: &Verification) -> BTreeMap<RouteId, Self> {
        let mut found: BTreeMap<RouteId, Self> = BTreeMap::new();
        for verified in &verification.results {
            let leaves = match &verified.outcome {
                VerifyOutcome::Compared(findings) if !findings.values().any(|finding| was_seen(*finding)) => {
                    continue;
                }
                VerifyOutcome::Compared(findings) => differing(findings),
                VerifyOutcome::Gone | VerifyOutcome::AnotherPerson => BTreeSet::new(),
                VerifyOutcome::NotServed | VerifyOutcome::Unread(_) => continue,
            };
            let drift = found.entry(verified.route).or_default();
            drift.compared += 1;
            drift.differing += u64::from(verified.outcome.is_drift());
            drift.leaves.extend(leaves);
        }
        found
    }

    /// Whether a route drifts; none when too few users were compared to say that it does not.
    pub fn lasts(&self) -> Option<bool> {
        (self.differing > 0 || self.compared >= ENOUGH).then_some(self.differing > 0)
    }
}

/// Whether the vendor has shown what it holds.
fn was_seen(finding: Finding) -> bool {
    matches!(
        finding,
        Finding::Same | Finding::SpelledOtherwise | Finding::Differs | Finding::Kept | Finding::KeptNoMore
    )
}

fn differing(findings: &BTreeMap<Leaf, Finding>) -> BTreeSet<Leaf> {
    let differ = findings.iter().filter(|(_, finding)| **finding == Finding::Differs);
    differ.map(|(leaf, _)| leaf.clone()).collect()
}
