mod reading;
mod refusals;

use std::{borrow::Cow, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header};
use api_types::problem::{Kind, ProblemBody, ProblemError};
use canonical::{Fault, FaultKind};

pub(crate) use refusals::{no_such_route, unknown_route, user_erased, user_not_found, version_mismatch};

/// Why a request was not answered as asked (RFC 9457). Carries no value that a caller sent and nothing of the inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<ProblemError>,
    retry_after: Option<u64>,
    allow: Option<String>,
    accept_patch: bool,
    invalid_token: bool,
}

/// The types that a patch may have (RFC 5789 section 3.1).
pub(crate) const ACCEPT_PATCH: (&str, &str) =
    ("accept-patch", "application/merge-patch+json, application/json");

/// The most mistakes of one body that are answered.
const MOST_ERRORS: usize = 20;

impl Problem {
    /// A problem of this type; `detail` says what to do.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: kind.retry_after(),
            allow: None,
            accept_patch: false,
            invalid_token: false,
        }
    }

    /// A value that does not fit, outside of a body.
    pub(crate) fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidValue, detail)
    }

    /// The mistakes in a body; the first one gives the type.
    pub(crate) fn of_faults(faults: Vec<Fault>) -> Self {
        let kind = faults.first().map_or(Kind::InvalidValue, |fault| of_fault_kind(fault.kind));
        let detail: Cow<'static, str> = match faults.len() {
            0 | 1 => "the body has a mistake; nothing of it was used".into(),
            many => format!("the body has {many} mistakes; nothing of it was used").into(),
        };
        let errors = faults.into_iter().take(MOST_ERRORS);
        let errors = errors.map(|fault| ProblemError { pointer: fault.pointer, detail: fault.detail });
        Self { errors: errors.collect(), ..Self::new(kind, detail) }
    }

    /// The same problem with the member of the body that it is about.
    fn at(mut self, pointer: String) -> Self {
        self.errors = vec![ProblemError { pointer, detail: self.detail.to_string() }];
        self
    }

    /// The same problem with the seconds after which another try may succeed.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "see /v1/openapi.json for the paths of this API")
    }

    /// A method that the resource does not have; `allow` are those that it has.
    pub(crate) fn method_not_allowed(allow: String, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { allow: Some(allow), ..Self::new(Kind::MethodNotAllowed, detail) }
    }

    /// A body of another type than a patch has (RFC 5789 section 2.2).
    pub(crate) fn wrong_patch(detail: &'static str) -> Self {
        Self { accept_patch: true, ..Self::new(Kind::UnsupportedMediaType, detail) }
    }

    /// A key that is not known (RFC 6750 section 3.1), unlike one that was not sent.
    pub(crate) fn unknown_key() -> Self {
        Self { invalid_token: true, ..Self::new(Kind::Unauthenticated, "the key is not known") }
    }

    pub(crate) fn outcome_unknown() -> Self {
        let detail =
            "the request may or may not have been carried out; repeat it with the same idempotency key";
        Self::new(Kind::OutcomeUnknown, detail)
    }

    /// What happened, and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The mistakes in the body, where there are any.
    pub(crate) fn errors(&self) -> &[ProblemError] {
        &self.errors
    }

    /// Which type of problem it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

fn of_fault_kind(kind: FaultKind) -> Kind {
    match kind {
        FaultKind::InvalidJson => Kind::InvalidJson,
        FaultKind::DuplicateKey => Kind::DuplicateKey,
        FaultKind::UnknownLeaf => Kind::UnknownLeaf,
        FaultKind::ReadOnlyLeaf => Kind::ReadOnlyLeaf,
        FaultKind::InvalidValue => Kind::InvalidValue,
        FaultKind::TooLarge => Kind::TooLarge,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        if self.accept_patch {
            response.insert_header(ACCEPT_PATCH);
        }
        if self.kind == Kind::Unauthenticated {
            let error = if self.invalid_token { ", error=\"invalid_token\"" } else { "" };
            let challenge = format!("Bearer realm=\"profile-gateway\"{error}");
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if self.kind.closes_connection() {
            response.force_close();
        }
        let body = ProblemBody {
            r#type: self.kind.urn(),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: &self.detail,
            errors: &self.errors,
        };
        let mut response = response.body(serde_json::to_vec(&body).unwrap_or_default());
        response.extensions_mut().insert(self.kind);
        response
    }
}

#[cfg(test)]
mod tests;
