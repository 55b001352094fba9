use canonical::Json;

use crate::{
    Absence, Means, RetryAfter, Seen, VendorRequest,
    redact::{cut, redact},
};

/// A success: what the answer proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What the success means; never more than the dialect's `success_means`.
    pub means: Means,
    /// An id of the person that the answer names beside the subject; it must be the same in every later answer.
    pub witness: Option<String>,
    /// Names on the wire of fields that the answer echoes with another value than the one sent.
    pub unverified: Vec<String>,
    /// The person's record, where the answer is one; what the attempt took away may be looked for in it.
    pub shown: Option<Seen>,
}

/// A failure, or an answer that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {detail}")]
pub struct VendorError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Whether the vendor may have applied the request all the same.
    pub applied: AppliedState,
    /// Names on the wire of the fields that the vendor refuses, where it names them.
    pub fields: Vec<String>,
    /// When the vendor asks to be called again.
    pub retry_after: Option<RetryAfter>,
    /// The vendor's words with everything that could be personal taken out, at most 200 characters.
    pub detail: String,
    /// What the request was to take away, where the answer may mean that it is not there. If the person is shown without
    /// it, this is no failure; nothing but the person shows it.
    pub unless_absent: Option<Box<Absence>>,
}

/// What is wrong; the delivery engine decides what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The vendor refuses the content.
    Invalid,
    /// The request is too large.
    TooLarge,
    /// The credential is not accepted.
    Unauthenticated,
    /// The credential is accepted and may not do this.
    Forbidden,
    /// There is no such person: the vendor says so in a form that it has for people.
    NotFound,
    /// A 404 that does not say what is missing: the person, or the path that the route leads to.
    MaybeNotFound,
    /// The vendor sees a conflict.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The vendor is out of order for the moment.
    Unavailable,
    /// Something else than the vendor's update call answered.
    Misdirected,
    /// The vendor says that the route is configured wrongly, whoever the request is about.
    Misconfigured,
    /// A success that cannot be read.
    Unreadable,
    /// The answer is about another person.
    WrongSubject,
}

/// Whether a request may have been applied although it did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliedState {
    /// Certainly not.
    No,
    /// Nobody can know.
    Maybe,
    /// It was applied, to somebody else.
    WrongSubject,
}

impl Receipt {
    /// A success without witness and without echo.
    pub fn new(means: Means) -> Self {
        Self { means, witness: None, unverified: Vec::new(), shown: None }
    }
}

impl VendorError {
    /// An error without named fields and without a time to come back.
    pub fn new(kind: ErrorKind, applied: AppliedState, detail: impl Into<String>) -> Self {
        Self {
            kind,
            applied,
            fields: Vec::new(),
            retry_after: None,
            detail: detail.into(),
            unless_absent: None,
        }
    }

    /// The error with the vendor's own words after the detail, redacted.
    pub fn with_words(mut self, words: &str, sent: &VendorRequest) -> Self {
        self.detail = cut(&format!("{}: {}", self.detail, redact(words, sent))).to_owned();
        self
    }

    /// The error with the fields that `errors` has as members, if they were sent: what was not cannot be refused.
    pub fn with_fields(mut self, errors: &Json, sent: &VendorRequest) -> Self {
        let body = sent.body.as_ref();
        let was_sent = |name: &str| body.is_some_and(|body| body.get(name).is_some());
        let names = errors.as_object().unwrap_or_default().iter().map(|(name, _)| name);
        self.fields = names.filter(|name| was_sent(name)).cloned().collect();
        self
    }

    /// The error about a person who is missing, where the vendor's own form says so; otherwise nobody knows what is missing.
    pub fn of_a_person(self, is_known_form: bool) -> Self {
        match self.kind {
            ErrorKind::MaybeNotFound if is_known_form => Self { kind: ErrorKind::NotFound, ..self },
            _ => self,
        }
    }

    /// The error that is none if the person is shown without this.
    pub fn unless(mut self, absence: Absence) -> Self {
        self.unless_absent = Some(Box::new(absence));
        self
    }

    /// A success status whose body proves nothing.
    pub fn unreadable(detail: &str) -> Self {
        Self::new(ErrorKind::Unreadable, AppliedState::Maybe, detail)
    }

    /// An answer about another person.
    pub fn wrong_subject() -> Self {
        let detail = "the answer names another person than the request";
        Self::new(ErrorKind::WrongSubject, AppliedState::WrongSubject, detail)
    }
}
