//! What a vendor has, by its own record.

use std::collections::{BTreeMap, BTreeSet};

use adapter::{Method, VendorRequest};
use serde_json::Value as Json;

use super::rules::{SET, is_refused};

/// One person at one vendor.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// What each field holds.
    pub(super) fields: BTreeMap<String, Json>,
    /// The set.
    pub(super) members: BTreeSet<String>,
}

impl Record {
    /// Applies one request.
    pub(super) fn apply(&mut self, request: &VendorRequest) {
        let body = request.body.as_ref().unwrap_or(&Json::Null);
        if request.method == Method::Delete {
            self.members.remove(body.as_str().unwrap_or_default());
            return;
        }
        for (name, value) in body.as_object().into_iter().flatten() {
            if name == SET {
                self.members.extend(members(value));
            } else {
                self.fields.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The fields whose value the vendor refuses; then it applies nothing.
pub(super) fn refused(requests: &[VendorRequest]) -> Vec<String> {
    let bodies = requests.iter().filter(|request| request.method == Method::Put);
    let fields = bodies.filter_map(|request| request.body.as_ref()?.as_object());
    let refused = fields.flatten().filter(|(name, value)| *name != SET && is_refused(value));
    refused.map(|(name, _)| name.clone()).collect()
}

fn members(value: &Json) -> impl Iterator<Item = String> {
    let members = value.as_array().cloned().unwrap_or_default();
    members.into_iter().filter_map(|member| member.as_str().map(str::to_owned))
}
