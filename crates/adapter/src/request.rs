use std::fmt;

use serde_json::Value as JsonValue;

use crate::Subject;

/// One request to a vendor, without host and without secret.
///
/// The transport joins it to the route's base URL, percent-encodes each segment as a whole, and adds the credential. Its
/// `Debug` shows neither path values nor body.
#[derive(Clone, PartialEq)]
pub struct VendorRequest {
    /// The method.
    pub method: Method,
    /// The path below the base URL.
    pub path: Path,
    /// Query parameters in order, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// Headers beside the credential, names in their usual case.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<JsonValue>,
    /// Whom the request is about.
    pub subject: Subject,
}

/// An HTTP method that a dialect uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// RFC 9110 section 9.3.4.
    Put,
    /// RFC 9110 section 9.3.3.
    Post,
    /// RFC 5789.
    Patch,
    /// RFC 9110 section 9.3.5.
    Delete,
}

/// A path as segments, each one encoded as a whole when it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Path {
    /// The segments, not encoded; none is empty, `.` or `..`.
    pub segments: Vec<String>,
    /// Whether the path ends with a slash.
    pub trailing_slash: bool,
}

impl Path {
    /// A path without a slash at its end.
    pub fn new<const N: usize>(segments: [&str; N]) -> Self {
        Self { segments: segments.map(str::to_owned).into(), trailing_slash: false }
    }

    /// A path with a slash at its end.
    pub fn with_trailing_slash<const N: usize>(segments: [&str; N]) -> Self {
        Self { trailing_slash: true, ..Self::new(segments) }
    }
}

impl Method {
    /// The method's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl VendorRequest {
    /// The bytes of the body; empty when there is none.
    pub fn body_bytes(&self) -> Vec<u8> {
        match &self.body {
            Some(body) => serde_json::to_vec(body).expect("a JSON value can always be written"),
            None => Vec::new(),
        }
    }
}

impl fmt::Debug for VendorRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} request of {} path segments", self.method.as_str(), self.path.segments.len())
    }
}
