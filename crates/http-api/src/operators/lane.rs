use std::collections::BTreeMap;

use api_types::{
    ErrorBody, FailureWord, HoldWord, Keeps, LaneWord, Leaves, ReasonWord, StandingWord, hint, is_false,
    leaves, names, time,
};
use delivery::{
    Millis, Route, RouteSet,
    gate::RouteCondition,
    lane::{Hold, Lane},
    status::{self, Standing, StandingState},
    store::{AttemptView, LaneView},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::callers::{Needy, is_unknown};

/// One lane as operators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lane)]
pub(super) struct LaneBody {
    id: Option<i64>,
    user: String,
    route: Option<String>,
    state: LaneWord,
    /// How the user stands there, in one word, as far as the lane alone tells.
    standing: StandingWord,
    /// Why it is blocked, or a leaf held.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonWord>,
    /// The leaves that the reason is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<String>,
    /// What becomes of each of these.
    #[serde(skip_serializing_if = "Leaves::is_empty")]
    fates: Leaves,
    /// The user's version.
    version: u64,
    /// Whether something is to be sent, apart from what is held or in doubt.
    #[serde(skip_serializing_if = "is_false")]
    owes: bool,
    /// Whether the vendor has, or may have, a value of ours that is not the person's any more; the lane itself and
    /// `GET /v1/users/{id}` tell which.
    #[serde(skip_serializing_if = "is_false")]
    keeps: bool,
    /// The newest update of the user, if it is still kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<Uuid>,
    attempts: u32,
    /// When the next attempt goes out, where that is known and lies ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<ErrorBody>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    held: BTreeMap<String, HoldBody>,
    /// Until when a lost request may still change the vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspect_until: Option<String>,
    /// Since when the vendor does not show everything; `older_than` goes by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind_since: Option<String>,
    /// When the vendor last confirmed anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<String>,
    /// The trace of the newest update that is owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

/// A leaf that the vendor refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldLeaf)]
pub(super) struct HoldBody {
    version: u64,
    reason: HoldWord,
    since: String,
    tries: u32,
    /// When it is tried again, where that is known and lies ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try_at: Option<String>,
}

/// Lanes, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lanes)]
pub(super) struct LanesBody {
    pub(super) lanes: Vec<LaneBody>,
    /// What `after` takes for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// One lane and its latest attempts but successes at the first try.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LaneStory)]
pub(super) struct StoryBody {
    pub(super) lane: LaneBody,
    /// The newest version of which the vendor has confirmed everything that the route sends; absent before it has confirmed anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confirmed_version: Option<u64>,
    /// What the vendor keeps, or may keep, of the user although it is not the person's any more.
    #[serde(skip_serializing_if = "Keeps::is_empty")]
    pub(super) keeps: Keeps,
    /// What can be done about what the vendor keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    /// What happens next, and who can change that.
    pub(super) next: String,
    pub(super) attempts: Vec<AttemptBody>,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(super) struct AttemptBody {
    at: String,
    version: u64,
    /// Absent for a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    took_ms: i64,
    /// The vendor's words, redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl LaneBody {
    /// `condition`: what keeps the lane's route from sending now.
    pub(super) fn new(
        view: &LaneView,
        needy: &Needy,
        routes: &RouteSet,
        condition: &RouteCondition,
        now: Millis,
    ) -> Self {
        let lane = &view.row.lane;
        let mut standing = needy.standing(view, routes.get(view.row.route).map(|route| &**route));
        if is_unknown(view) {
            standing.state = StandingState::NoIdentity;
        }
        Self {
            id: view.row.id.map(|id| id.0),
            user: view.user.to_string(),
            route: routes.get(view.row.route).map(|route| route.name.clone()),
            state: lane.state.into(),
            standing: standing.state.into(),
            reason: standing.reason.map(Into::into),
            leaves: names(&standing.concerned),
            fates: leaves(&standing.leaves),
            version: view.version,
            owes: lane.dirty_since.is_some(),
            keeps: lane.keeps,
            update: view.update,
            attempts: lane.attempt,
            next_attempt_at: status::next_attempt_at(lane, condition, now).map(time),
            last_error: lane.last_class.map(|class| ErrorBody::new(class, lane.last_status)),
            held: held(lane, condition, now),
            suspect_until: lane.suspect_until.map(time),
            behind_since: standing.since.map(time),
            confirmed_at: lane.slots.latest().map(time),
            trace_id: lane.trace.map(|trace| trace.trace_id()),
        }
    }
}

impl StoryBody {
    /// `standing`: how the user stands at the route, where it is configured.
    pub(super) fn new(
        lane: LaneBody,
        standing: Option<(&Route, &Standing)>,
        next: String,
        attempts: Vec<AttemptView>,
    ) -> Self {
        let kept = standing.map(|(_, standing)| standing.kept.as_slice()).unwrap_or_default();
        Self {
            lane,
            confirmed_version: standing.and_then(|(_, standing)| standing.confirmed_version),
            keeps: Keeps::new(kept),
            hint: standing.and_then(|(route, standing)| hint(route, &standing.kept)),
            next,
            attempts: attempts.into_iter().map(AttemptBody::from).collect(),
        }
    }
}

fn held(lane: &Lane, condition: &RouteCondition, now: Millis) -> BTreeMap<String, HoldBody> {
    let body = |hold| HoldBody::new(hold, condition, now);
    lane.held.iter().map(|(leaf, hold)| (leaf.name().to_owned(), body(hold))).collect()
}

impl HoldBody {
    /// `condition`: what keeps the lane's route from sending now.
    pub(super) fn new(hold: &Hold, condition: &RouteCondition, now: Millis) -> Self {
        Self {
            version: hold.version,
            reason: hold.reason.into(),
            since: time(hold.since),
            tries: hold.tries,
            next_try_at: status::next_try_at(hold, condition, now).map(time),
        }
    }
}

impl From<AttemptView> for AttemptBody {
    fn from(attempt: AttemptView) -> Self {
        Self {
            at: time(attempt.at),
            version: attempt.sent,
            failure: attempt.class.map(Into::into),
            status: attempt.status,
            took_ms: attempt.took,
            detail: attempt.detail,
        }
    }
}
