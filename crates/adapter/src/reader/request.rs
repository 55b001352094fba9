use std::fmt;

use crate::Path;

/// One `GET` (RFC 9110 section 9.3.1) to a vendor, without host and without secret; it has no body.
///
/// The transport joins it to the route's base URL as it does with every request. Its `Debug` shows no values.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// The path below the base URL.
    pub path: Path,
    /// Query parameters in order, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// Headers beside the credential, names in their usual case.
    pub headers: Vec<(&'static str, String)>,
}

impl ReadRequest {
    /// A request for the same with one query parameter set, to turn a page.
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.query.retain(|(other, _)| *other != name);
        self.query.push((name, value));
        self
    }

    /// The value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for ReadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GET request of {} path segments", self.path.segments.len())
    }
}
