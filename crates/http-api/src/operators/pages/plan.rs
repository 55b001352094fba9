use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use api_types::PlanBody;
use askama::Template;
use canonical::{Patch, UserId};
use delivery::{engine::Submission, store::Precondition};
use gateway_config::Scope;
use uuid::Uuid;

use super::{
    Refusal,
    access::{Form, Visitor},
    answer,
    frame::Frame,
    text::filters,
};
use crate::{
    callers::{Problem, Query},
    operators::State,
};

/// The scopes of `POST /v1/users/{id}/plan`.
pub(super) const SCOPES: [Scope; 2] = [Scope::Read, Scope::Update];

/// What stands in the form before anybody has written.
const EXAMPLE: &str = "{\n  \"phone_number\": \"+1 416 555 9876\",\n  \"nickname\": null\n}";

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    user: String,
    change: String,
    refusal: Option<Problem>,
    plan: Option<PlanBody>,
}

/// Asks for a change.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::with(&request, &state, &SCOPES)?;
    let query = Query::read(&request, &["user"])?;
    let user = query.text("user").and_then(|id| id.parse::<UserId>().ok());
    let page = PlanPage {
        frame: visitor.frame(&state, "plan"),
        user: user.map(|id| id.to_string()).unwrap_or_default(),
        change: EXAMPLE.to_owned(),
        refusal: None,
        plan: None,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// What a change would send, without storing or sending anything. The change comes and goes in bodies alone.
pub(super) async fn plan(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::with(&request, &state, &SCOPES)?;
    let form = visitor.form(&request, &state, payload).await?;
    let (plan, refusal) = match plan_of(&form, &visitor, &state).await {
        Ok(plan) => (Some(plan), None),
        Err(problem) => (None, Some(problem)),
    };
    let page = PlanPage {
        frame: visitor.frame(&state, "plan"),
        user: form.text("user").to_owned(),
        change: form.text("change").to_owned(),
        refusal,
        plan,
    };
    Ok(match &page.refusal {
        Some(problem) => answer::refusal(problem, &page),
        None => answer::page(StatusCode::OK, &page),
    })
}

async fn plan_of(form: &Form, visitor: &Visitor, state: &State) -> Result<PlanBody, Problem> {
    let user: UserId = form
        .text("user")
        .trim()
        .parse()
        .map_err(|invalid: canonical::Invalid| Problem::invalid(invalid.0))?;
    let rules = &state.pages.settings.load().rules;
    let patch = Patch::parse(form.text("change").as_bytes(), rules).map_err(Problem::of_faults)?;
    let submission = Submission {
        id: Uuid::now_v7(),
        user: user.clone(),
        patch,
        precondition: Precondition::None,
        idempotency: None,
        caller: visitor.caller.actor(),
        may_create: true,
        may_operate: true,
        trace: None,
    };
    let plans = state.engine.plan(submission).await?;
    Ok(PlanBody::new(&user, plans, &state.engine.routes(), &state.engine.conditions()))
}
