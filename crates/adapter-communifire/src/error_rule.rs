use adapter::ErrorKind;
use regex::Regex;

/// What a tenant's failure message means: Communifire has no error codes, only texts.
#[derive(Debug, Clone)]
pub struct ErrorRule {
    pattern: Regex,
    kind: ErrorKind,
}

/// A mistake in an [`ErrorRule`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorRuleFault {
    /// The pattern is no regular expression.
    #[error("the pattern is no regular expression: {0}")]
    Pattern(String),
    /// There is no such kind, or a message cannot mean it.
    #[error("the kind is one of {}", KINDS.map(|(name, _)| name).join(", "))]
    Kind,
}

/// The kinds that a message can mean, by their names in a route's configuration.
const KINDS: [(&str, ErrorKind); 7] = [
    ("Invalid", ErrorKind::Invalid),
    ("Unauthenticated", ErrorKind::Unauthenticated),
    ("Forbidden", ErrorKind::Forbidden),
    ("NotFound", ErrorKind::NotFound),
    ("Conflict", ErrorKind::Conflict),
    ("RateLimited", ErrorKind::RateLimited),
    ("Unavailable", ErrorKind::Unavailable),
];

impl ErrorRule {
    /// The names of the kinds that a message can mean.
    pub fn kinds() -> [&'static str; 7] {
        KINDS.map(|(name, _)| name)
    }

    /// Messages in which the regular expression `pattern` is found mean `kind`.
    ///
    /// # Errors
    /// When one of the two cannot be used.
    pub fn new(pattern: &str, kind: &str) -> Result<Self, ErrorRuleFault> {
        let found = KINDS.into_iter().find(|(name, _)| *name == kind);
        let (_, kind) = found.ok_or(ErrorRuleFault::Kind)?;
        let pattern = Regex::new(pattern).map_err(|error| ErrorRuleFault::Pattern(error.to_string()))?;
        Ok(Self { pattern, kind })
    }

    /// Whether the rule speaks of this message.
    pub fn matches(&self, message: &str) -> bool {
        self.pattern.is_match(message)
    }

    /// What such a message means.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_needs_a_pattern_and_a_kind_that_exist() {
        assert!(ErrorRule::new("(?i)not found", "NotFound").expect("valid").matches("User NOT FOUND."));
        assert!(matches!(ErrorRule::new("(", "NotFound"), Err(ErrorRuleFault::Pattern(_))));
        let fault = ErrorRule::new("x", "WrongSubject").expect_err("no message can mean this");
        assert!(fault.to_string().contains("Invalid, Unauthenticated, Forbidden"));
    }
}
