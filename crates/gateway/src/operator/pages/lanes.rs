use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use delivery::{
    Millis, RouteSet,
    lane::State as LaneState,
    store::{LaneStateFilter, LaneView},
};

use super::{
    Refusal,
    access::Visitor,
    answer,
    frame::Frame,
    text::{filters, word},
};
use crate::{
    api::{
        Query,
        dto::{FailureWord, LaneWord, ReasonWord, names},
        filter_of, last_of_full,
    },
    operator::State,
};

/// How many lanes one page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "lanes.html")]
struct LanesPage {
    frame: Frame,
    lanes: Vec<LaneNow>,
    routes: Vec<String>,
    /// What was asked for.
    route: String,
    state: String,
    /// The query of the next page.
    next: Option<String>,
    /// This page.
    back: String,
}

/// One lane as a row shows it.
pub(super) struct LaneNow {
    pub(super) id: i64,
    pub(super) user: String,
    pub(super) route: String,
    state: LaneWord,
    pub(super) reason: Option<ReasonWord>,
    /// The leaves that a block or holds are about.
    pub(super) leaves: Vec<String>,
    pub(super) attempts: u32,
    pub(super) failure: Option<(FailureWord, Option<u16>)>,
    pub(super) next_at: Option<Millis>,
    pub(super) since: Option<Millis>,
    is_held: bool,
    pub(super) now: Millis,
}

/// The lanes that need attention, or those that were asked for.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    let query = Query::read(&request, &["route", "state", "after"])?;
    let routes = state.engine.routes();
    let mut filter = filter_of(&query, |name| routes.by_name(name).map(|(id, _)| id))?;
    filter.limit = PAGE;
    if filter.states.is_empty() {
        filter.states = vec![LaneStateFilter::Blocked, LaneStateFilter::Held];
    }
    let lanes = state.engine.store().lanes(filter).await?;
    let [route, standing] = ["route", "state"].map(|name| query.text(name).unwrap_or_default().to_owned());
    let here = format!("route={route}&state={standing}");
    let next = last_of_full(&lanes, PAGE).and_then(|lane| lane.row.id);
    let page = LanesPage {
        frame: visitor.frame(&state, "attention"),
        lanes: lanes.iter().filter_map(|lane| LaneNow::new(lane, &routes, state.engine.now())).collect(),
        routes: routes.names().map(str::to_owned).collect(),
        route,
        state: standing,
        next: next.map(|id| format!("{here}&after={}", id.0)),
        back: format!("/lanes?{here}"),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

impl LaneNow {
    /// In one word.
    pub(super) fn standing(&self) -> String {
        if self.is_held && self.state != LaneWord::Blocked { "held".to_owned() } else { word(self.state) }
    }

    /// Whether there is something to try again.
    pub(super) fn can_retry(&self) -> bool {
        self.is_held || self.state == LaneWord::Blocked
    }

    /// None for a lane of a route that is not configured any more.
    pub(super) fn new(view: &LaneView, routes: &RouteSet, now: Millis) -> Option<Self> {
        let lane = &view.row.lane;
        let (reason, waits) = match lane.state {
            LaneState::Blocked(reason) => (Some(reason.into()), lane.next_at > 0),
            _ if !lane.held.is_empty() => {
                (Some(ReasonWord::Rejected), matches!(lane.state, LaneState::Wait(_)))
            }
            state => (None, matches!(state, LaneState::Wait(_))),
        };
        let held_since = lane.held.values().map(|hold| hold.since).min();
        Some(Self {
            id: view.row.id?.0,
            user: view.user.to_string(),
            route: routes.get(view.row.route)?.name.clone(),
            state: lane.state.into(),
            reason,
            leaves: names(lane.blocked_leaves.iter().chain(lane.held.keys())),
            attempts: lane.attempt,
            failure: lane.last_class.map(|class| (class.into(), lane.last_status)),
            next_at: waits.then_some(lane.next_at),
            since: lane.first_fail_at.or(held_since).or(lane.dirty_since),
            is_held: !lane.held.is_empty(),
            now,
        })
    }
}
