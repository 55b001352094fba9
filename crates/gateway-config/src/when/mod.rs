//! Which users a route serves: a SCIM filter (RFC 7644, section 3.4.2.2) over the leaves of a profile.
//!
//! Attribute names are the names of leaves: `organization`, `address.locality`, `custom.tier`. Texts compare without regard
//! to the case of ASCII letters, as SCIM has it for attributes that are not `caseExact`. A leaf that was cleared or never
//! set equals nothing but `null`, so `eq` is false for it and `ne` is true. A comparison with a set or list (`tags`) holds
//! when it holds for one member; `ne` holds when `eq` does not.

mod compile;
mod error;
mod eval;
mod outline;

#[cfg(test)]
mod tests;

use std::fmt;

use canonical::Profile;
use delivery::Matcher;

pub use error::FilterError;

/// A filter that can be evaluated. Its `Debug` does not show the values that it compares with.
#[derive(Clone)]
pub struct Filter {
    condition: eval::Condition,
    text: String,
}

/// Longest filter, in bytes.
const LONGEST: usize = 4096;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// When it does not follow the grammar, names a leaf that does not exist, or compares a leaf with a value that it can
    /// never have.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.trim().is_empty() {
            return Err(FilterError::new(0, "the filter is empty; leave it out to serve every user"));
        }
        if text.len() > LONGEST {
            return Err(FilterError::new(0, "the filter is longer than 4096 bytes; shorten it"));
        }
        Ok(Self { condition: compile::compile(text)?, text: text.to_owned() })
    }

    /// Whether a profile satisfies the filter.
    pub fn matches(&self, profile: &Profile) -> bool {
        self.condition.holds(profile)
    }

    /// The filter without the values that it compares with, which may be personal data: `email eq …`.
    pub fn outline(&self) -> String {
        outline::of(&self.text)
    }

    /// The filter as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Matcher for Filter {
    fn matches(&self, profile: &Profile) -> bool {
        Filter::matches(self, profile)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter(..)")
    }
}
