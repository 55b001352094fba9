use std::fmt;

/// Why a body or a value is refused: what kind of mistake, where, and what to do about it.
///
/// Never carries a value that a caller sent; the pointer carries member names only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which mistake it is.
    pub kind: FaultKind,
    /// JSON pointer (RFC 6901) to the offending member; empty for the body as a whole.
    pub pointer: String,
    /// One sentence that says what to do.
    pub detail: String,
}

/// The kinds of mistake, one per problem type of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Not JSON, not UTF-8, or nested too deeply.
    InvalidJson,
    /// An object has the same member twice.
    DuplicateKey,
    /// The leaf is not part of the closed schema.
    UnknownLeaf,
    /// The member is answered by the gateway and cannot be written.
    ReadOnlyLeaf,
    /// The value does not fit its leaf.
    InvalidValue,
    /// A size limit is exceeded.
    TooLarge,
}

impl Fault {
    /// Builds a fault at `pointer`.
    pub fn new(kind: FaultKind, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, pointer: pointer.into(), detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            return f.write_str(&self.detail);
        }
        write!(f, "{}: {}", self.pointer, self.detail)
    }
}

impl std::error::Error for Fault {}

/// Why a text is not a value of some type; a sentence without the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub &'static str);
