//! Why a request is refused, as it goes on the wire (RFC 9457).

mod kind;

use serde::Serialize;
use utoipa::ToSchema;

pub use kind::Kind;

/// One mistake in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer (RFC 6901) to the offending member; empty for the body as a whole.
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

/// A problem as it goes on the wire, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// `urn:profile-gateway:problem:<name>`; stable, for programs.
    pub r#type: String,
    /// The same in words, equal for all problems of the type.
    pub title: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// What happened this time, and what to do.
    pub detail: &'a str,
    /// The mistakes in the body, where there are any; the first twenty.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [ProblemError],
}
