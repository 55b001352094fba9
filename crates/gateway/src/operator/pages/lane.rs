use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use askama::Template;
use delivery::{
    Millis,
    lane::Rearm,
    store::{AttemptView, RearmTarget},
};

use super::{Refusal, access::Visitor, answer, frame::Frame, lanes::LaneNow, text::filters};
use crate::{
    api::{Problem, Query, dto::FailureWord},
    operator::{
        State,
        lanes::{ATTEMPTS, find},
        next_step::next_step,
    },
};

#[derive(Template)]
#[template(path = "lane.html")]
struct LanePage {
    frame: Frame,
    lane: LaneNow,
    /// The user's version, and the lane's wanted, sent and confirmed ones.
    versions: [u64; 4],
    suspect_until: Option<Millis>,
    /// What comes next, in a sentence.
    next: String,
    attempts: Vec<AttemptNow>,
}

/// One attempt as a row shows it.
struct AttemptNow {
    at: Millis,
    version: u64,
    failure: Option<FailureWord>,
    status: Option<u16>,
    took: Millis,
    detail: String,
}

/// One user at one route, and what it went through.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    Query::read(&request, &[])?;
    let (id, view) = find(&request, &state).await?;
    let attempts = state.engine.store().attempts(id, ATTEMPTS).await?;
    let routes = state.engine.routes();
    let conditions = state.engine.conditions();
    let lane =
        LaneNow::new(&view, &routes, &conditions, state.engine.now()).ok_or_else(Problem::not_found)?;
    let found = &view.row.lane;
    let condition = conditions.get(&view.row.route).copied().unwrap_or_default();
    let page = LanePage {
        frame: visitor.frame(&state, "attention"),
        next: next_step(&lane.route, found, &condition),
        lane,
        versions: [view.version, found.want, found.sent, found.acked],
        suspect_until: found.suspect_until,
        attempts: attempts.into_iter().map(AttemptNow::from).collect(),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// Tries what is held or blocked in a lane again.
pub(super) async fn retry(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let (visitor, form) = Visitor::acting(&request, &state, payload).await?;
    let (id, view) = find(&request, &state).await?;
    let target = RearmTarget::Lanes(vec![id]);
    let changed = state.engine.rearm(Rearm::Retry, target, visitor.caller.actor()).await?;
    visitor.tell(
        &state,
        match changed {
            0 => format!("User {} has nothing to try again there.", view.user),
            _ => format!("User {} is tried again.", view.user),
        },
    );
    Ok(answer::go_to(&form.way_on("back")))
}

impl From<AttemptView> for AttemptNow {
    fn from(attempt: AttemptView) -> Self {
        Self {
            at: attempt.at,
            version: attempt.sent,
            failure: attempt.class.map(Into::into),
            status: attempt.status,
            took: attempt.took,
            detail: attempt.detail.unwrap_or_default(),
        }
    }
}
