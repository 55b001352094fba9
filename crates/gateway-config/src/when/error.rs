use std::fmt;

/// Why a text is not a filter, and where in it the mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    offset: usize,
    sentence: String,
}

impl FilterError {
    pub(super) fn new(offset: usize, sentence: impl Into<String>) -> Self {
        Self { offset, sentence: sentence.into() }
    }

    /// Where the mistake is, in bytes from the beginning of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong and what to do.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.sentence)
    }
}

impl std::error::Error for FilterError {}
