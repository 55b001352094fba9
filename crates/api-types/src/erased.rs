use canonical::UserId;
use delivery::{RouteSet, store::Erased};
use serde::Serialize;
use utoipa::ToSchema;

use super::time;

/// What an erase found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erased)]
pub struct ErasedBody {
    /// The user's id, which stays as a tombstone.
    user: String,
    /// The version that the erase is.
    version: u64,
    /// When the user was erased first.
    #[schema(format = DateTime)]
    erased_at: String,
    /// The routes whose vendors may hold a copy; a request that was on the wire cannot be called back.
    may_hold_a_copy: Vec<String>,
    /// How many routes that are not configured any more may lead to a copy.
    #[serde(skip_serializing_if = "is_zero")]
    removed_routes: usize,
}

impl ErasedBody {
    pub fn new(user: &UserId, erased: &Erased, routes: &RouteSet) -> Self {
        let known = erased.disclosed_to.iter().filter_map(|id| Some(routes.get(*id)?.name.clone()));
        let mut known: Vec<String> = known.collect();
        known.sort();
        Self {
            user: user.to_string(),
            version: erased.version,
            erased_at: time(erased.at),
            removed_routes: erased.disclosed_to.len() - known.len(),
            may_hold_a_copy: known,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
