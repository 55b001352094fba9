use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use api_types::problem::Kind;
use askama::Template;
use gateway_config::{KeyHash, Scope};

use super::{
    Refusal,
    access::{Form, Visitor, cookie, form::own_path, guard},
    answer,
    frame::Frame,
};
use crate::{
    callers::{Caller, Problem, Query},
    operators::State,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// Where to go on.
    next: String,
    /// Why the last try failed.
    refusal: Option<String>,
}

impl SignInPage {
    fn new(next: &str, refusal: Option<String>) -> Self {
        Self { frame: Frame::of_nobody(), next: next.to_owned(), refusal }
    }
}

/// Asks for a key.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    guard::host(&request, &state.pages.hosts)?;
    let query = Query::read(&request, &["next"])?;
    let next = query.text("next").and_then(own_path).unwrap_or("/");
    Ok(answer::page(StatusCode::OK, &SignInPage::new(next, None)))
}

/// Begins a session for a key. The key is not kept.
pub(super) async fn enter(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    guard::host(&request, &state.pages.hosts)?;
    guard::origin(&request, &state.pages.hosts)?;
    let form = Form::read(&request, payload, state.pages.settings.load().body_timeout).await?;
    let (key, now) = (form.text("key").trim(), state.engine.now());
    let unknown =
        || Problem::new(Kind::Unauthenticated, "This key is not known. Paste the whole key, pgw_ included.");
    let caller = state.keys.load().find(key).ok_or_else(unknown);
    let caller = caller.and_then(|key| Caller::of_key(&request, key, &[Scope::Operate], now));
    if let Err(problem) = caller {
        let page = SignInPage::new(&form.redirect_target("next"), Some(problem.detail().to_owned()));
        return Ok(answer::refusal(&problem, &page));
    }
    cookie::read(&request).into_iter().for_each(|old| state.pages.sessions.end(&old, now));
    let id = state.pages.sessions.begin(KeyHash::of(key), now);
    let id = id.map_err(|_| Problem::new(Kind::Overloaded, "the system has no randomness now; try again"))?;
    Ok(with_cookie(answer::go_to(&form.redirect_target("next")), &cookie::set(&request, &id)))
}

/// Ends the session.
pub(super) async fn leave(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let (visitor, _) = Visitor::acting(&request, &state, payload).await?;
    visitor.leave(&state);
    Ok(with_cookie(answer::go_to("/sign-in"), &cookie::remove()))
}

fn with_cookie(mut response: HttpResponse, cookie: &str) -> HttpResponse {
    if let Ok(value) = header::HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
