use canonical::Fault;

use crate::{Millis, lane::Version};

/// Why a store could not do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Too much is queued; nothing was done.
    #[error("the store is overloaded; try again in a moment")]
    Overloaded,
    /// The disk is full; nothing was done.
    #[error("the disk is full")]
    Full,
    /// A commit failed: nobody knows whether it was done. The store takes nothing more.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// The store was closed; nothing was done.
    #[error("the store is closed")]
    Closed,
    /// What is stored cannot be read; nothing was done.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The user has another version than the request is for; nothing was done.
    #[error("the user has version {current}")]
    VersionMismatch {
        /// The version that the user has.
        current: Version,
    },
    /// A route's name now means something else.
    #[error("route {name}: {what} changed from {old} to {new}; give the route a new name{}", confirm(.what))]
    RouteChanged {
        /// The name.
        name: String,
        /// What changed.
        what: &'static str,
        /// How it was registered.
        old: String,
        /// How it is configured.
        new: String,
    },
}

fn confirm(what: &&'static str) -> &'static str {
    if *what == "origin" { " or confirm that it is the same vendor with --confirm" } else { "" }
}

/// Why an update is refused. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The result would break a limit, or an identity is none.
    #[error(transparent)]
    Invalid(#[from] Fault),
    /// No such user, and it may not be created.
    #[error("there is no such user")]
    UserNotFound,
    /// The user was erased.
    #[error("the user was erased")]
    UserErased {
        /// When.
        at: Millis,
    },
    /// The precondition does not hold.
    #[error("the user has another version")]
    VersionMismatch {
        /// The version it has, if it exists.
        current: Option<Version>,
    },
    /// An identity names a route that is not configured.
    #[error("there is no route {name}")]
    UnknownRoute {
        /// The name.
        name: String,
    },
    /// Another user has this identity at the route.
    #[error("another user has this identity at {route}")]
    IdentityTaken {
        /// The route.
        route: String,
    },
    /// The identity is set, and the caller may not change it.
    #[error("the identity at {route} is set; changing it takes the scope operate")]
    IdentityPinned {
        /// The route.
        route: String,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyMismatch,
}
