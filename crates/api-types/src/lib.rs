//! What travels in the bodies of both APIs. The names of states, reasons and fates are part of their contract.
#![expect(missing_docs, reason = "what a field means is said by the description of the API")]

mod deprecation;
mod erased;
mod fields;
mod help;
mod keeps;
mod look;
mod plan;
pub mod problem;
mod route;
mod together;
mod update;
mod user;
mod vendor;
mod words;

pub use deprecation::DeprecationBody;
pub use erased::ErasedBody;
pub use fields::{DefinitionBody, FieldsBody, MissingBody};
pub use help::{Help, REPLACE_CREDENTIAL, without_identity};
pub use keeps::{Keeps, KeptBody, hint};
pub use look::{LookBody, LookLeafBody, StoredBody};
pub use plan::{PlanBody, RoutePlanBody};
pub use route::{
    FieldBody, LaneCountsBody, LastFailureBody, RouteBody, RouteWord, RoutesBody, next_try_at, throttled_by,
};
pub use together::{because_of, together};
use update::carried_nowhere;
pub use update::{ErrorBody, UpdateBody, UpdateRouteBody};
pub use user::{UserBody, UserRouteBody};
pub use vendor::{VendorBody, VendorFieldBody, VendorsBody};
pub use words::*;

use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;
use delivery::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// What becomes of each leaf, by the leaf's name.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Leaves(BTreeMap<String, FateWord>);

impl Leaves {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &FateWord)> {
        self.0.iter()
    }
}

impl FromIterator<(String, FateWord)> for Leaves {
    fn from_iter<I: IntoIterator<Item = (String, FateWord)>>(leaves: I) -> Self {
        Self(leaves.into_iter().collect())
    }
}

/// A point in time as RFC 3339 writes it, in UTC.
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}

pub fn leaves<'a>(fates: impl IntoIterator<Item = (&'a Leaf, &'a Fate)>) -> Leaves {
    fates.into_iter().map(|(leaf, fate)| (leaf.name().to_owned(), (*fate).into())).collect()
}

pub fn names<'a>(leaves: impl IntoIterator<Item = &'a Leaf>) -> Vec<String> {
    leaves.into_iter().map(|leaf| leaf.name().to_owned()).collect()
}

pub fn is_false(flag: &bool) -> bool {
    !*flag
}
