//! What goes out as JSON. The names of states, reasons and fates are part of the API's contract.

mod deprecation;
mod erased;
mod fields;
mod help;
mod keeps;
mod list;
mod look;
mod plan;
mod route;
mod together;
mod update;
mod user;
mod vendor;
mod words;

pub(crate) use deprecation::DeprecationBody;
pub(crate) use erased::ErasedBody;
pub(crate) use fields::FieldsBody;
pub(crate) use help::{Help, REPLACE_CREDENTIAL, without_identity};
pub(crate) use keeps::{Keeps, hint};
pub(crate) use list::{AttentionBody, UpdatesBody};
pub(crate) use look::LookBody;
pub(crate) use plan::{PlanBody, RoutePlanBody};
pub(crate) use route::{LastFailureBody, RouteBody, RouteWord, RoutesBody, next_try_at, throttled_by};
pub(crate) use together::{because_of, together};
use update::carried_nowhere;
pub(crate) use update::{ErrorBody, UpdateBody, UpdateRouteBody};
pub(crate) use user::{UserBody, UserRouteBody};
pub(crate) use vendor::{VendorBody, VendorsBody};
pub(crate) use words::*;

use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;
use delivery::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// What becomes of each leaf, by the leaf's name.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Leaves(BTreeMap<String, FateWord>);

impl Leaves {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &FateWord)> {
        self.0.iter()
    }
}

impl FromIterator<(String, FateWord)> for Leaves {
    fn from_iter<I: IntoIterator<Item = (String, FateWord)>>(leaves: I) -> Self {
        Self(leaves.into_iter().collect())
    }
}

/// A point in time as RFC 3339 writes it, in UTC.
pub(crate) fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}

pub(crate) fn leaves<'a>(fates: impl IntoIterator<Item = (&'a Leaf, &'a Fate)>) -> Leaves {
    fates.into_iter().map(|(leaf, fate)| (leaf.name().to_owned(), (*fate).into())).collect()
}

pub(crate) fn names<'a>(leaves: impl IntoIterator<Item = &'a Leaf>) -> Vec<String> {
    leaves.into_iter().map(|leaf| leaf.name().to_owned()).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
