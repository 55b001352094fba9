use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header};
use api_types::problem::Kind;
use delivery::{Millis, store::Actor};
use gateway_config::Scope;

use super::{
    connection,
    headers::only,
    keys::{Key, Keys},
    problem::Problem,
};

/// Who sends a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller(Arc<Key>);

/// The caller's name, for the log.
#[derive(Debug, Clone)]
pub(crate) struct CallerName(pub(crate) String);

impl Caller {
    /// Finds out who sends the request and whether he may: by `Authorization: Bearer pgw_…` (RFC 6750) alone.
    ///
    /// # Errors
    /// `unauthenticated`, `rate-limited` or `forbidden`, in this order; the body is not read yet.
    pub(crate) fn of(
        request: &HttpRequest,
        keys: &Keys,
        scopes: &[Scope],
        now: Millis,
    ) -> Result<Self, Problem> {
        let none = "send the header Authorization once, as Bearer and the key";
        let token = bearer(request).ok_or_else(|| Problem::new(Kind::Unauthenticated, none))?;
        let key = keys.find(token).ok_or_else(Problem::unknown_key)?;
        Self::of_key(request, key, scopes, now)
    }

    /// As [`Caller::of`], for a key that was found by other means.
    ///
    /// # Errors
    /// `rate-limited` or `forbidden`, in this order.
    pub(crate) fn of_key(
        request: &HttpRequest,
        key: Arc<Key>,
        scopes: &[Scope],
        now: Millis,
    ) -> Result<Self, Problem> {
        request.extensions_mut().insert(CallerName(key.config.name.clone()));
        connection::is_known(request);
        key.admit(now).map_err(rate_limited(now))?;
        let caller = Self(key);
        match scopes.iter().find(|scope| !caller.may(**scope)) {
            Some(missing) => {
                let detail = format!("this takes a key with the scope {}", missing.name());
                Err(Problem::new(Kind::Forbidden, detail))
            }
            None => Ok(caller),
        }
    }

    /// Whether the caller has the scope.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.0.config.scopes.contains(&scope)
    }

    /// Whether the caller may create users.
    pub(crate) fn may_create(&self) -> bool {
        self.0.config.create
    }

    /// The caller as it is recorded.
    pub(crate) fn actor(&self) -> Actor {
        Actor(self.0.config.name.clone())
    }

    /// The caller's name.
    pub(crate) fn name(&self) -> &str {
        &self.0.config.name
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = only(request, &header::AUTHORIZATION).ok()??.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

fn rate_limited(now: Millis) -> impl FnOnce(Millis) -> Problem {
    move |next| {
        let seconds = u64::try_from((next - now).max(0)).unwrap_or(0).div_ceil(1_000).max(1);
        Problem::new(Kind::RateLimited, "the rate of this key is used up").retry_after(seconds)
    }
}
