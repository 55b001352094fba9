use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use api_types::{FailureWord, Keeps, hint};
use askama::Template;
use delivery::{
    Millis,
    lane::{Lane, Rearm},
    store::{AttemptView, RearmTarget},
};
use gateway_config::duration::spoken;

use super::{Refusal, access::Visitor, answer, frame::Frame, lanes::LaneNow, text::filters};
use crate::{
    callers::{Needy, Problem, Query},
    operators::{
        State,
        lanes::{ATTEMPTS, find, standing},
        next_step::next_step,
        retried::{in_vain, when},
    },
};

#[derive(Template)]
#[template(path = "lane.html")]
struct LanePage {
    frame: Frame,
    lane: LaneNow,
    /// The user's version.
    version: u64,
    /// The newest version of which the vendor has confirmed everything that the route sends.
    confirmed_version: Option<u64>,
    /// How many attempts have failed since then, as far as they are kept; a lane that is blocked or held counts its own anew.
    failures: u32,
    /// When it confirmed anything last.
    confirmed_at: Option<Millis>,
    /// What the vendor keeps although it is not the person's any more, a sentence each.
    keeps: Vec<String>,
    /// What can be done about it.
    hint: Option<String>,
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
    let now = state.engine.now();
    let needy = Needy::of(&**state.engine.store(), std::slice::from_ref(&view)).await?;
    let lane = LaneNow::new(&view, &needy, &routes, &conditions, now).ok_or_else(Problem::not_found)?;
    let found = &view.row.lane;
    let condition = conditions.get(&view.row.route).copied().unwrap_or_default();
    let route = routes.get(view.row.route);
    let standing = match route {
        Some(route) => standing(&state, &view, route, &condition).await?,
        None => None,
    };
    let kept = standing.as_ref().map(|standing| standing.kept.as_slice()).unwrap_or_default();
    let page = LanePage {
        frame: visitor.frame(&state, "attention"),
        next: spoken(&next_step(&lane.route, found, standing.as_ref(), &condition, now), now),
        failures: failures(found, &attempts),
        lane,
        version: view.version,
        confirmed_version: standing.as_ref().and_then(|standing| standing.confirmed_version),
        confirmed_at: found.slots.latest(),
        keeps: Keeps::new(kept).iter().map(|(leaf, field)| spoken(&field.sentence(leaf), now)).collect(),
        hint: route.and_then(|route| hint(route, kept)),
        suspect_until: found.suspect_until,
        attempts: attempts.into_iter().map(AttemptNow::from).collect(),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// The failures in a row: those that the lane counts, or those that its kept attempts tell of.
fn failures(lane: &Lane, newest_first: &[AttemptView]) -> u32 {
    let confirmed = lane.slots.latest().unwrap_or(Millis::MIN);
    let failed = newest_first.iter().take_while(|attempt| attempt.class.is_some() && attempt.at > confirmed);
    lane.attempt.max(u32::try_from(failed.count()).unwrap_or(u32::MAX))
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
    let reason = in_vain(&view.row.lane);
    let changed = match reason {
        Some(_) => 0,
        None => state.engine.rearm(Rearm::Retry, target, visitor.caller.actor()).await?,
    };
    let route = view.row.route;
    let condition = state.engine.conditions().get(&route).copied().unwrap_or_default();
    let name = state.engine.routes().get(route).map(|route| route.name.clone()).unwrap_or_default();
    visitor.tell(
        &state,
        match (changed, reason) {
            (_, Some(reason)) => format!("User {}: {reason}.", view.user),
            (0, None) => format!("User {} has nothing to try again there.", view.user),
            _ => {
                let now = state.engine.now();
                format!("User {} is tried again{}.", view.user, spoken(&when(&name, &condition, now), now))
            }
        },
    );
    Ok(answer::go_to(&form.redirect_target("back")))
}

/// Forgets what the vendor keeps of the lane's user: an operator says that it was put right there.
pub(super) async fn forget_kept(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let (visitor, form) = Visitor::acting(&request, &state, payload).await?;
    let (id, view) = find(&request, &state).await?;
    let changed = state.engine.forget_kept(view.row.route, Some(id), visitor.caller.actor()).await?;
    visitor.tell(
        &state,
        match changed {
            0 => format!(
                "Nothing is forgotten of user {}: the vendor keeps nothing, or a request may still arrive there.",
                view.user
            ),
            _ => format!("What the vendor kept of user {} is forgotten.", view.user),
        },
    );
    Ok(answer::go_to(&form.redirect_target("back")))
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
