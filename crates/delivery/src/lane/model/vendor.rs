//! A vendor that refuses every fifth value.

use std::collections::{BTreeMap, BTreeSet};

use canonical::Leaf;

#[derive(Clone)]
pub(super) struct Request {
    pub(super) leaves: BTreeMap<Leaf, u64>,
    pub(super) members: Option<(BTreeSet<String>, BTreeSet<String>)>,
}

#[derive(Default)]
pub(super) struct Vendor {
    pub(super) values: BTreeMap<Leaf, u64>,
    pub(super) members: BTreeSet<String>,
    pub(super) names_leaves: bool,
}

pub(super) fn is_refused(value: u64) -> bool {
    value.is_multiple_of(5)
}

impl Vendor {
    pub(super) fn apply(&mut self, request: &Request) -> Result<(), Vec<Leaf>> {
        let refused: Vec<Leaf> = request
            .leaves
            .iter()
            .filter(|(_, value)| is_refused(**value))
            .map(|(leaf, _)| leaf.clone())
            .collect();
        if !refused.is_empty() {
            return Err(if self.names_leaves { refused } else { Vec::new() });
        }
        self.values.extend(request.leaves.clone());
        if let Some((wanted, removed)) = &request.members {
            self.members.extend(wanted.iter().cloned());
            self.members.retain(|member| !removed.contains(member));
        }
        Ok(())
    }
}
