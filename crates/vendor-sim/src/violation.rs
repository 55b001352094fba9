//! What a gateway must never do.

use serde::{Deserialize, Serialize};

/// One request that a gateway must never send. It holds no value that the caller sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Sequence number of the request.
    pub seq: u64,
    /// What was wrong.
    pub kind: ViolationKind,
}

/// The rules that every request is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// It addresses somebody whom the vendor does not know.
    UnknownSubject,
    /// It could create a user: `AddUser` missing or not `false`, `update_or_create`, `POST /users/`, `user_status`.
    CouldCreateUser,
    /// The credential is missing, in the query, in the wrong header or under the wrong scheme.
    WrongAuthForm,
    /// The credential has the right form and is not the right one.
    WrongCredential,
    /// A User.com path does not end with a slash.
    MissingTrailingSlash,
    /// One of Communal's three required fields is absent or null, or Communifire's selector is not exactly one.
    MissingRequiredField,
    /// A documented header is missing: JSON content type, JSON `Accept` (Communal, Village), `version=2` (User.com).
    MissingHeader,
    /// The body is not the documented JSON.
    MalformedBody,
    /// Village: a key beside the three that the page allows.
    UnexpectedField,
    /// A path that the vendor does not have.
    UnknownPath,
    /// A method that the path does not have.
    UnknownMethod,
}
