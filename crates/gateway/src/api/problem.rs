use std::{borrow::Cow, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header};
use canonical::{Fault, FaultKind};
use delivery::store::{AcceptError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not answered as asked (RFC 9457). Carries no value that a caller sent and nothing of the inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<ProblemError>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
}

/// One mistake in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer (RFC 6901) to the offending member; empty for the body as a whole.
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

/// A problem as it goes on the wire, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// `urn:profile-gateway:problem:<name>`; stable, for programs.
    r#type: String,
    /// The same in words, equal for all problems of the type.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What happened this time, and what to do.
    detail: &'a str,
    /// The mistakes in the body, where there are any; the first twenty.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ProblemError],
}

/// The most mistakes of one body that are answered.
const MOST_ERRORS: usize = 20;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $status:literal $name:literal $title:literal,)*) => {
        /// The types of problem: one table with their names, statuses and titles.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every type, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            fn row(self) -> (u16, &'static str, &'static str) {
                match self {
                    $(Kind::$kind => ($status, $name, $title),)*
                }
            }
        }
    };
}

kinds! {
    /// Not one JSON document.
    InvalidJson 400 "invalid-json" "The body is not valid JSON",
    /// An object has a member twice.
    DuplicateKey 400 "duplicate-key" "The body names a member twice",
    /// A leaf outside the schema.
    UnknownLeaf 400 "unknown-leaf" "The body names a leaf that does not exist",
    /// A member that only the gateway writes.
    ReadOnlyLeaf 400 "read-only-leaf" "The body names a member that cannot be written",
    /// A value, header or parameter that does not fit.
    InvalidValue 400 "invalid-value" "A value is not valid",
    /// A route that is not configured.
    UnknownRoute 400 "unknown-route" "There is no such route",
    /// No key, or one that is not known.
    Unauthenticated 401 "unauthenticated" "A valid key is needed",
    /// The key may not do this.
    Forbidden 403 "forbidden" "The key may not do this",
    /// No resource has this path.
    NotFound 404 "not-found" "There is nothing here",
    /// The user was never seen.
    UserNotFound 404 "user-not-found" "There is no such user",
    /// No such update, or it is not kept any more.
    UpdateExpired 404 "update-expired" "There is no such update",
    /// The resource has other methods.
    MethodNotAllowed 405 "method-not-allowed" "The resource does not take this method",
    /// The body did not arrive in time.
    RequestTimeout 408 "request-timeout" "The request did not arrive in time",
    /// Another user has the identity.
    IdentityTaken 409 "identity-taken" "Another user has this identity",
    /// The identity is set.
    IdentityPinned 409 "identity-pinned" "The identity is set already",
    /// The new configuration is refused.
    ReloadRefused 409 "reload-refused" "The configuration was not taken over",
    /// The user was erased.
    UserErased 410 "user-erased" "The user was erased",
    /// The user has another version.
    VersionMismatch 412 "version-mismatch" "The user has another version",
    /// A size limit is exceeded.
    TooLarge 413 "too-large" "Something is too large",
    /// The body has another type or coding.
    UnsupportedMediaType 415 "unsupported-media-type" "The body has the wrong media type",
    /// The idempotency key names another request.
    IdempotencyMismatch 422 "idempotency-mismatch" "The idempotency key belongs to another request",
    /// The key's rate is used up.
    RateLimited 429 "rate-limited" "Too many requests",
    /// The header fields exceed a size limit.
    HeadersTooLarge 431 "headers-too-large" "The header fields are too large",
    /// Too much is queued.
    Overloaded 503 "overloaded" "The gateway is overloaded",
    /// The disk is full.
    StorageFull 503 "storage-full" "The gateway's disk is full",
    /// Nobody knows whether the request was carried out.
    OutcomeUnknown 503 "outcome-unknown" "The outcome is unknown",
    /// The gateway stops.
    ShuttingDown 503 "shutting-down" "The gateway is shutting down",
}

impl Kind {
    /// The status of the answer.
    pub fn status(self) -> u16 {
        self.row().0
    }

    /// The last part of the type's URN.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The type in words.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// The type's URN.
    pub fn urn(self) -> String {
        format!("urn:profile-gateway:problem:{}", self.name())
    }

    /// Whether the rest of the request cannot be told from the next one, or nobody will read the next one.
    fn closes_connection(self) -> bool {
        use Kind::{HeadersTooLarge, RequestTimeout, ShuttingDown, TooLarge};
        matches!(self, TooLarge | RequestTimeout | HeadersTooLarge | ShuttingDown)
    }
}

impl Problem {
    /// A problem of this type; `detail` says what to do.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), retry_after: None, allow: None }
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

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(Kind::MethodNotAllowed, "see the header Allow") }
    }

    pub(crate) fn outcome_unknown() -> Self {
        let detail =
            "the request may or may not have been carried out; repeat it with the same idempotency key";
        Self::new(Kind::OutcomeUnknown, detail).retry_after(5)
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
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        if self.kind == Kind::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
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

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                let detail = "too much is queued; nothing was done, try again in a moment";
                Self::new(Kind::Overloaded, detail).retry_after(one_to_three())
            }
            StoreError::Full => {
                Self::new(Kind::StorageFull, "nothing was done; an operator has to make room").retry_after(60)
            }
            StoreError::Closed => {
                let detail = "nothing was done; try again in a moment, another process takes over";
                Self::new(Kind::ShuttingDown, detail).retry_after(5)
            }
            // The cause is for the operators: names of files and the like.
            error @ (StoreError::OutcomeUnknown(_)
            | StoreError::Damaged(_)
            | StoreError::RouteChanged { .. }) => {
                tracing::error!(%error, "the store failed");
                Self::outcome_unknown()
            }
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Store(error) => error.into(),
            AcceptError::Invalid(fault) => Self::of_faults(vec![fault]),
            AcceptError::UserNotFound => user_not_found(),
            AcceptError::UserErased { at } => user_erased(at),
            AcceptError::VersionMismatch { current: Some(version) } => {
                let detail = format!("the user has version {version}; read it again before you change it");
                Self::new(Kind::VersionMismatch, detail)
            }
            AcceptError::VersionMismatch { current: None } => {
                Self::new(Kind::VersionMismatch, "there is no such user; leave If-Match out to create it")
            }
            AcceptError::UnknownRoute { name } => {
                let detail = "no such route is configured; see GET /v1/routes";
                Self::new(Kind::UnknownRoute, detail).at(identity(&name))
            }
            AcceptError::IdentityTaken { route } => {
                let detail = "another user has this identity at the route; two users cannot share one";
                Self::new(Kind::IdentityTaken, detail).at(identity(&route))
            }
            AcceptError::IdentityPinned { route } => {
                let detail =
                    "the identity is set; changing or removing it takes a key with the scope operate";
                Self::new(Kind::IdentityPinned, detail).at(identity(&route))
            }
            AcceptError::IdempotencyMismatch => {
                let detail = "the key was used for another request; use a new key for each request";
                Self::new(Kind::IdempotencyMismatch, detail)
            }
        }
    }
}

pub(crate) fn user_not_found() -> Problem {
    Problem::new(Kind::UserNotFound, "no update of this user was ever accepted")
}

pub(crate) fn user_erased(at: delivery::Millis) -> Problem {
    let at = super::dto::time(at);
    let detail = format!("the user was erased at {at}; If-None-Match: * with a new change starts over");
    Problem::new(Kind::UserErased, detail)
}

fn identity(route: &str) -> String {
    let shown: String = route.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("/identities/{}", shown.replace('~', "~0").replace('/', "~1"))
}

/// Spreads those who were refused together.
fn one_to_three() -> u64 {
    1 + u64::from(uuid::Uuid::now_v7().as_bytes()[15] % 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_name_of_its_own_and_an_error_status() {
        let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| (400..600).contains(&kind.status())));
    }

    #[test]
    fn refusals_for_a_moment_say_when_to_come_back() {
        for error in [
            StoreError::Overloaded,
            StoreError::Full,
            StoreError::Closed,
            StoreError::OutcomeUnknown("fsync of /secret/path failed".to_owned()),
        ] {
            let problem = Problem::from(error);
            assert!(problem.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{problem}");
            assert_eq!(problem.kind.status(), 503);
            assert!(!problem.detail.contains("secret"));
        }
    }

    #[test]
    fn a_body_with_many_mistakes_gets_a_short_answer() {
        let fault = |n: usize| Fault::new(FaultKind::UnknownLeaf, format!("/{n}"), "no such leaf");
        let problem = Problem::of_faults((0..10_000).map(fault).collect());
        assert_eq!((problem.errors.len(), problem.kind), (MOST_ERRORS, Kind::UnknownLeaf));
    }
}
