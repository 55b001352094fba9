//! One answer before faults deform it.

use serde_json::Value;

/// Status, header lines and body of an answer.
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header lines beside `Date` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Reply {
    /// Only the status: bodies hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::empty(status).with_header("content-type", "application/json").with_body(body.to_string())
    }

    /// An HTML page.
    pub fn html(status: u16, body: &str) -> Self {
        Self::empty(status).with_header("content-type", "text/html; charset=utf-8").with_body(body)
    }

    /// An answer without a body.
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// The same with one more header line.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}
