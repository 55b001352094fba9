use api_types::{
    Help, Leaves, ReasonWord, StandingWord, UpdateBody, is_false, leaves, names, time, without_identity,
};
use delivery::{RouteSet, status::StandingState, store::LaneView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Needy, Page, is_unknown};

/// Updates, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Updates)]
pub(crate) struct UpdatesBody {
    /// The updates.
    pub(crate) updates: Vec<UpdateBody>,
    /// What `after` takes for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// What needs attention.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attention)]
pub(crate) struct AttentionBody {
    /// One item for each user and route.
    updates: Vec<AttentionItem>,
    /// What `after` takes for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One user at one route that needs attention.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttentionItem {
    /// The newest update of the user, if it is still kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// The user's id.
    user: String,
    /// The user's version.
    version: u64,
    /// The route.
    route: String,
    /// `blocked`, `held`, `behind` for what is pending, `in_doubt`, or `in_step_except` where nothing is the matter but what the vendor
    /// keeps, or `no_identity`.
    state: StandingWord,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonWord>,
    /// The leaves that it is about.
    #[serde(skip_serializing_if = "Leaves::is_empty")]
    leaves: Leaves,
    /// Whether the vendor has, or may have, a value of ours that is not the person's any more; `GET /v1/users/{id}` tells which.
    #[serde(skip_serializing_if = "is_false")]
    keeps: bool,
    /// What the caller can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Whether only an operator can help.
    #[serde(skip_serializing_if = "is_false")]
    operator: bool,
    /// Since when the vendor does not show everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
}

impl AttentionBody {
    pub(crate) fn new(page: &Page<LaneView>, routes: &RouteSet, needy: &Needy) -> Self {
        let items = page.items.iter().filter_map(|lane| AttentionItem::new(lane, routes, needy));
        Self { updates: items.collect(), next: page.next.clone() }
    }
}

impl AttentionItem {
    /// None for a route that is not configured any more.
    fn new(view: &LaneView, routes: &RouteSet, needy: &Needy) -> Option<Self> {
        let configured = routes.get(view.row.route)?;
        let route = &configured.name;
        let unknown = is_unknown(view).then(|| without_identity(configured));
        let mut standing = needy.standing(view, Some(configured));
        if unknown.is_some() {
            standing.state = StandingState::NoIdentity;
        }
        let reason = standing.reason.map(ReasonWord::from);
        let fate = |leaf: &str| {
            standing.leaves.iter().find(|(found, _)| found.name() == leaf).map(|(_, fate)| *fate)
        };
        let help = reason.map(|reason| Help::knowing(reason, route, &names(&standing.concerned), fate));
        let help = help.map(|help| help.if_unnamed(standing.reason, route));
        Some(Self {
            id: view.update,
            user: view.user.to_string(),
            version: view.version,
            route: route.clone(),
            state: standing.state.into(),
            reason,
            leaves: leaves(&standing.leaves),
            keeps: view.row.lane.keeps,
            operator: help.as_ref().is_some_and(|help| help.operator),
            hint: help.and_then(|help| help.hint).or(unknown),
            since: standing.since.map(time),
        })
    }
}
