use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use adapter::Fate;
use api_types::{FailureWord, FateWord, LaneWord, ReasonWord, StandingWord, without_identity};
use askama::Template;
use canonical::Leaf;
use delivery::{
    Millis, RouteId, RouteSet,
    gate::RouteCondition,
    status::{self, StandingState},
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
    callers::{Needy, Page, Query, is_unknown, unknown},
    operators::{State, filter},
};

/// How many lanes one page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "lanes.html")]
struct LanesPage {
    frame: Frame,
    lanes: Vec<LaneNow>,
    /// The ids of users for whom the route has no identity, when these were asked for.
    unknown: Vec<String>,
    /// What connects them.
    hint: String,
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
    standing: StandingState,
    pub(super) reason: Option<ReasonWord>,
    /// The leaves that a block or holds are about, and what becomes of each where that is not said already.
    pub(super) leaves: Vec<String>,
    pub(super) failure: Option<(FailureWord, Option<u16>)>,
    pub(super) next_at: Option<Millis>,
    is_stopped: bool,
    can_retry: bool,
    pub(super) since: Option<Millis>,
    pub(super) now: Millis,
}

/// The lanes that need attention, or those that were asked for.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    let query = Query::read(&request, &filter::PARAMETERS)?;
    let (routes, now) = (state.engine.routes(), state.engine.now());
    let without = unknown::asked_for(&query, &routes, PAGE, PAGE)?;
    let hint =
        without.as_ref().and_then(|wanted| routes.get(wanted.route)).map(|route| without_identity(route));
    let Page { items, next } = match without {
        Some(wanted) => Page::without_identity(&**state.engine.store(), wanted).await?,
        None => {
            let mut wanted = filter::lanes(&query, &routes, now)?;
            wanted.limit = PAGE;
            if wanted.states.is_empty() && wanted.user.is_none() {
                wanted.states = vec![LaneStateFilter::Blocked, LaneStateFilter::Held];
            }
            Page::of_lanes(&**state.engine.store(), wanted).await?
        }
    };
    let needy = Needy::of(&**state.engine.store(), &items).await?;
    let here = here(&query);
    let [route, standing] = ["route", "state"].map(|name| query.text(name).unwrap_or_default().to_owned());
    let conditions = state.engine.conditions();
    let page = LanesPage {
        frame: visitor.frame(&state, "attention"),
        unknown: items.iter().filter(|lane| is_unknown(lane)).map(|lane| lane.user.to_string()).collect(),
        hint: hint.unwrap_or_default(),
        lanes: items
            .iter()
            .filter_map(|lane| LaneNow::new(lane, &needy, &routes, &conditions, now))
            .collect(),
        routes: routes.names().map(str::to_owned).collect(),
        route,
        state: standing,
        next: next.map(|after| format!("{here}&after={after}")),
        back: format!("/lanes?{here}"),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// What was asked for, as a query; a space, as in a duration, is the one character of a valid value that needs another form.
fn here(query: &Query) -> String {
    let kept = filter::PARAMETERS.iter().filter(|name| !matches!(**name, "after" | "limit"));
    let kept = kept.filter_map(|name| Some(format!("{name}={}", query.text(name)?.replace(' ', "%20"))));
    kept.collect::<Vec<_>>().join("&")
}

/// A leaf, and what becomes of it; that it is held, the lane's state says.
fn named(leaf: &Leaf, fate: Fate) -> String {
    match fate {
        Fate::Held => leaf.name().to_owned(),
        _ => format!("{leaf} {}", word(FateWord::from(fate))),
    }
}

impl LaneNow {
    /// In one word.
    pub(super) fn standing(&self) -> String {
        match self.standing {
            StandingState::Held | StandingState::InStepExcept => word(StandingWord::from(self.standing)),
            _ => word(self.state),
        }
    }

    /// When it goes on, where no time is set.
    pub(super) fn goes_on(&self) -> &'static str {
        match self.state {
            LaneWord::Ready | LaneWord::Waiting if self.is_stopped => "when somebody resumes the route",
            LaneWord::Ready | LaneWord::Waiting => "as soon as the route sends",
            LaneWord::InFlight => "under way",
            LaneWord::Blocked => "when something changes",
            LaneWord::Idle | LaneWord::Erased => "",
        }
    }

    /// Whether there is something to try again.
    pub(super) fn can_retry(&self) -> bool {
        self.can_retry
    }

    /// None for a lane of a route that is not configured any more.
    pub(super) fn new(
        view: &LaneView,
        needy: &Needy,
        routes: &RouteSet,
        conditions: &BTreeMap<RouteId, RouteCondition>,
        now: Millis,
    ) -> Option<Self> {
        let lane = &view.row.lane;
        let standing = needy.standing(view, routes.get(view.row.route).map(|route| &**route));
        let condition = conditions.get(&view.row.route).copied().unwrap_or_default();
        Some(Self {
            id: view.row.id?.0,
            user: view.user.to_string(),
            route: routes.get(view.row.route)?.name.clone(),
            state: lane.state.into(),
            standing: standing.state,
            reason: standing.reason.map(Into::into),
            leaves: standing.leaves.iter().map(|(leaf, fate)| named(leaf, *fate)).collect(),
            failure: lane.last_class.map(|class| (class.into(), lane.last_status)),
            next_at: status::next_attempt_at(lane, &condition, now),
            is_stopped: condition.pause.is_some_and(|pause| pause.probe_at.is_none()),
            can_retry: lane.may_be_tried_again(),
            since: standing.since,
            now,
        })
    }
}
