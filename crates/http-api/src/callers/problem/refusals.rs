use std::borrow::Cow;

use api_types::problem::Kind;
use api_types::time;
use delivery::{
    Millis, RouteSet,
    lane::Version,
    store::{AcceptError, StoreError},
};

use super::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                let detail = "too much is queued; nothing was done, try again in a moment";
                Self::new(Kind::Overloaded, detail)
            }
            StoreError::Full => {
                Self::new(Kind::StorageFull, "nothing was done; an operator has to make room")
            }
            StoreError::Closed => {
                let detail = "nothing was done; try again in a moment, another process takes over";
                Self::new(Kind::ShuttingDown, detail)
            }
            StoreError::VersionMismatch { current } => version_mismatch(Some(current)),
            // The cause is for the operators: names of files and the like.
            error @ (StoreError::OutcomeUnknown(_)
            | StoreError::Damaged(_)
            | StoreError::RouteChanged { .. }) => {
                tracing::error!(%error, "the store failed");
                Self::outcome_unknown()
            }
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Store(error) => error.into(),
            AcceptError::Invalid(fault) => Self::of_faults(vec![fault]),
            AcceptError::UserNotFound => user_not_found(),
            AcceptError::UserErased { at } => user_erased(at),
            AcceptError::VersionMismatch { current } => version_mismatch(current),
            AcceptError::UnknownRoute { name } => {
                let detail = "no such route is configured; see GET /v1/routes";
                Self::new(Kind::UnknownRoute, detail).at(identity(&name))
            }
            AcceptError::IdentityTaken { route } => {
                let detail = "another user has this identity at the route; two users cannot share one";
                Self::new(Kind::IdentityTaken, detail).at(identity(&route))
            }
            AcceptError::IdentityPinned { route } => {
                let detail =
                    "the identity is set; changing or removing it takes a key with the scope operate";
                Self::new(Kind::IdentityPinned, detail).at(identity(&route))
            }
            AcceptError::IdempotencyMismatch => {
                let detail = "the key was used for another request; use a new key for each request";
                Self::new(Kind::IdempotencyMismatch, detail)
            }
        }
    }
}

/// A user that has another version than the request is for.
pub(crate) fn version_mismatch(current: Option<Version>) -> Problem {
    let detail = match current {
        Some(version) => format!("the user has version {version}; read it again before you change it").into(),
        None => Cow::Borrowed("there is no such user; leave If-Match out to create it"),
    };
    Problem::new(Kind::VersionMismatch, detail)
}

/// A parameter that names no configured route.
pub(crate) fn unknown_route(routes: &RouteSet) -> Problem {
    Problem::new(Kind::UnknownRoute, known_routes(routes))
}

/// A path that names no configured route.
pub(crate) fn no_such_route(routes: &RouteSet) -> Problem {
    Problem::new(Kind::NotFound, known_routes(routes))
}

fn known_routes(routes: &RouteSet) -> String {
    let names: Vec<&str> = routes.iter().map(|(_, route)| route.name.as_str()).collect();
    format!("no such route is configured; the routes are: {}", names.join(", "))
}

pub(crate) fn user_not_found() -> Problem {
    Problem::new(Kind::UserNotFound, "no update of this user was ever accepted")
}

pub(crate) fn user_erased(at: Millis) -> Problem {
    let at = time(at);
    let detail = format!("the user was erased at {at}; If-None-Match: * with a new change starts over");
    Problem::new(Kind::UserErased, detail)
}

fn identity(route: &str) -> String {
    let shown: String = route.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("/identities/{}", shown.replace('~', "~0").replace('/', "~1"))
}
