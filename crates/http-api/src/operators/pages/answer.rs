use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use api_types::problem::Kind;
use askama::Template;
use delivery::store::StoreError;

use super::{access::form::own_path, frame::Frame};
use crate::callers::Problem;

/// What a page may do: load its own style, script and icon, call this listener, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers of every answer to a browser. `same-origin` tells other sites as little as `no-referrer` does; with the latter a
/// browser sends forms with `Origin: null` (Fetch, "append a request `Origin` header"), and they could not be told from
/// those of strangers.
pub(super) fn secure(response: &mut HttpResponseBuilder) {
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    response.insert_header((header::REFERRER_POLICY, "same-origin"));
    response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    response.insert_header(("cross-origin-resource-policy", "same-origin"));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
}

/// A page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    secure(&mut response);
    match template.render() {
        Ok(html) => response.content_type("text/html; charset=utf-8").body(html),
        // Writing to a text cannot fail; what a template formats can.
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            response.status(StatusCode::SERVICE_UNAVAILABLE).body("the page could not be made\n")
        }
    }
}

/// A page that tells of a problem: its status and headers are those of the problem's own answer.
pub(super) fn refusal(problem: &Problem, template: &impl Template) -> HttpResponse {
    let (told, mut response) = (problem.error_response(), page(problem.status_code(), template));
    for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
        if let Some(value) = told.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    // Counted and logged as a problem.
    response.extensions_mut().insert(problem.kind());
    response
}

/// Sends the browser on to a page with `GET` (RFC 9110 section 15.4.4), so that a reload does not act twice.
pub(super) fn go_to(path: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    secure(&mut response);
    response.insert_header((header::LOCATION, path)).finish()
}

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nobody is signed in; the way goes on here after the sign-in.
    SignIn(String),
    /// Something is wrong.
    Problem(Problem),
}

/// A problem as a page.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    problem: &'a Problem,
}

impl Refusal {
    /// Leads to the sign-in, and from there back to the page that was asked for. A query is left behind.
    pub(super) fn sign_in(request: &HttpRequest) -> Self {
        let path = Some(request.path()).filter(|path| request.method() == "GET" && *path != "/");
        match path.and_then(own_path) {
            Some(path) => Self::SignIn(format!("/sign-in?next={path}")),
            None => Self::SignIn("/sign-in".to_owned()),
        }
    }

    /// A problem as a page.
    pub(super) fn page(problem: &Problem, frame: Frame) -> HttpResponse {
        refusal(problem, &ProblemPage { frame, problem })
    }

    /// A form that does not carry the token of its session.
    pub(super) fn foreign_form() -> Self {
        Problem::new(Kind::Forbidden, "the form is from another session; open the page again and repeat it")
            .into()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignIn(_) => f.write_str("sign in"),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::Problem(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::SignIn(path) => go_to(path),
            Self::Problem(problem) => Self::page(problem, Frame::of_nobody()),
        }
    }
}
