use std::fmt;

use canonical::Json;
use serde_json::Value as JsonValue;

/// What a vendor answered: untrusted input.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VendorResponse {
    /// The status code (RFC 9110 section 15).
    pub status: u16,
    /// The headers as received, names in any case.
    pub headers: Vec<(String, String)>,
    /// The body, complete; the transport refuses one of more than 64 KiB.
    pub body: Vec<u8>,
}

/// Deepest nesting that is read in an answer.
const MAX_DEPTH: usize = 32;

impl VendorResponse {
    /// The values of a header, in order.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as strict JSON, after a byte order mark if there is one; none when it is anything else.
    pub fn json(&self) -> Option<Json> {
        Json::parse_to_depth(&self.body, MAX_DEPTH).ok()
    }

    /// The body without the byte order mark that it may begin with.
    pub fn text(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }
}

impl fmt::Debug for VendorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} bytes", self.status, self.body.len())
    }
}

/// The id in an answer as text: a string as it is, a number only when written as a plain integer. Zero is nobody's id.
pub fn id_text(json: &Json) -> Option<&str> {
    match json {
        Json::String(text) | Json::Number(text)
            if text.bytes().all(|b| b.is_ascii_digit()) && text.bytes().any(|b| b != b'0') =>
        {
            Some(text)
        }
        _ => None,
    }
}

/// Whether an answer echoes a field with another value than the one sent.
///
/// Texts are compared as they are; a number and its decimal text are equal, because vendors answer ids either way.
pub fn echo_differs(sent: &JsonValue, echoed: &Json) -> bool {
    match (sent, echoed) {
        (JsonValue::Null, Json::Null) => false,
        (JsonValue::Bool(sent), Json::Bool(echoed)) => sent != echoed,
        (JsonValue::String(sent), Json::String(echoed) | Json::Number(echoed)) => sent != echoed,
        (JsonValue::Number(sent), Json::String(echoed) | Json::Number(echoed)) => sent.to_string() != *echoed,
        (JsonValue::Array(sent), Json::Array(echoed)) => {
            sent.len() != echoed.len()
                || sent.iter().zip(echoed).any(|(sent, echoed)| echo_differs(sent, echoed))
        }
        _ => true,
    }
}
