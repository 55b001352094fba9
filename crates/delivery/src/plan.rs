//! What an update would send, without storing or sending anything: the same functions as an accept and the claim that
//! follows it, on copies.

use std::collections::BTreeMap;

use adapter::Fate;
use canonical::{Leaf, Profile};

use crate::{
    Enrol, LaneId, Preview, Route, RouteId,
    decide::{self, ClaimLoaded, Loaded},
    lane::{Assertion, BlockReason, Lane, State},
    planner::{self, RouteView},
    status::{self, KeptLeaf},
    store::{Accept, AcceptError, LaneRow, RouteVerdict, UserRow, Verdict},
};

/// What an update would mean to one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutePlan {
    /// What the accept would find.
    pub verdict: Verdict,
    /// What becomes of each leaf of the update.
    pub leaves: BTreeMap<Leaf, Fate>,
    /// Of the leaves that would not be sent, the one that goes together with each and is the cause.
    pub because_of: BTreeMap<Leaf, Leaf>,
    /// The requests that a claim directly after the accept would send, as they go on the wire.
    pub requests: Vec<Preview>,
    /// Leaves in these requests that were owed before the update.
    pub older: Vec<Leaf>,
    /// Leaves in these requests that only go along because the vendor needs them with every request.
    pub along: Vec<Leaf>,
    /// What the vendor would have, or may have, of the user afterwards that is not the person's any more.
    pub kept: Vec<KeptLeaf>,
    /// How the lane would stand where nothing would be sent now.
    pub stopped: Option<State>,
    /// The leaves that stop it.
    pub stopped_by: Vec<Leaf>,
    /// Of these, what becomes of those that the vendor needs and cannot be given.
    pub needed: BTreeMap<Leaf, Fate>,
}

/// The subjects that the plan would reserve, as a store compares them: a store looks up who else has them.
pub fn subject_keys(command: &Accept, user: Option<&UserRow>) -> Vec<(RouteId, String)> {
    let mut profile = user.map(|user| Profile::clone(&user.profile)).unwrap_or_default();
    // What the patch breaks is told by the plan itself.
    let _ = profile.apply(&command.patch, 1);
    let mut keys = decide::identity_keys(command);
    for (id, route) in command.routes.iter().filter(|(_, route)| route.enrol == Enrol::Email) {
        // An identity of its own stands before the address.
        if keys.iter().all(|(named, _)| *named != id)
            && let Some(subject) = planner::subject_of(route, &profile, None)
        {
            keys.push((id, subject.key()));
        }
    }
    keys
}

/// Plans an update. Another user has the subjects of the routes in `loaded.taken`.
///
/// # Errors
/// Why the update would be refused.
pub fn plan(command: &Accept, loaded: Loaded) -> Result<BTreeMap<String, RoutePlan>, AcceptError> {
    let taken = loaded.taken.clone();
    let writes = decide::accept(command, loaded)?;
    let lanes: Vec<LaneRow> = writes.lanes.into_iter().chain(writes.untouched).collect();
    let mut plans = BTreeMap::new();
    for (id, route) in command.routes.iter() {
        let Some(verdict) = writes.update.verdicts.get(&id) else { continue };
        let lane = lanes.iter().find(|row| row.route == id).cloned();
        let of_update: BTreeMap<Leaf, Fate> = writes
            .update
            .changed
            .iter()
            .map(|leaf| (leaf.clone(), Fate::Waiting))
            .chain(writes.update.unchanged.iter().map(|leaf| (leaf.clone(), Fate::Unchanged)))
            .chain(verdict.fates.clone())
            .collect();
        plans.insert(
            route.name.clone(),
            of_route(command, route, verdict, of_update, &writes.user, lane, taken.contains(&id)),
        );
    }
    Ok(plans)
}

fn of_route(
    command: &Accept,
    route: &Route,
    verdict: &RouteVerdict,
    leaves: BTreeMap<Leaf, Fate>,
    user: &UserRow,
    lane: Option<LaneRow>,
    taken: bool,
) -> RoutePlan {
    let mut plan = RoutePlan {
        verdict: verdict.verdict,
        leaves,
        because_of: BTreeMap::new(),
        requests: Vec::new(),
        older: Vec::new(),
        along: Vec::new(),
        kept: Vec::new(),
        stopped: None,
        stopped_by: Vec::new(),
        needed: BTreeMap::new(),
    };
    let Some(mut row) = lane else { return plan };
    let view = RouteView::of(route, user);
    let lane = row.lane.seen_by(&view.facts());
    let kept = planner::kept(route, &user.profile, &view, &lane).into_iter();
    plan.kept = kept.map(|kept| KeptLeaf::of(route, user, &lane, &view, kept)).collect();
    let stopped_leaves = status::stopped(route, &user.profile, &lane, &view);
    for (leaf, (fate, companion)) in stopped_leaves {
        if plan.leaves.get(&leaf) == Some(&Fate::Waiting) {
            plan.leaves.insert(leaf.clone(), fate);
            plan.because_of.extend(companion.map(|companion| (leaf, companion)));
        }
    }
    // An id stands for the one that the store would give.
    row.id.get_or_insert(LaneId(0));
    if !row.lane.is_due(command.now, None) {
        return stopped(plan, route, user, &row.lane);
    }
    let mut loaded = ClaimLoaded { row, user_id: command.user.clone(), user: user.clone() };
    let Some(work) = decide::claim(&command.routes, &mut loaded, command.now, |_| taken) else {
        return stopped(plan, route, user, &loaded.row.lane);
    };
    if let Ok((requests, sent)) = planner::build(route, &work.profile, &work.claim) {
        plan.requests = requests.iter().map(|request| route.transport.preview(request)).collect();
        let leaves = |of: Vec<Assertion>| of.into_iter().map(|assertion| assertion.leaf);
        plan.older = leaves(sent.payload).filter(|leaf| !plan.leaves.contains_key(leaf)).collect();
        plan.along = leaves(sent.along).collect();
    }
    plan
}

fn stopped(mut plan: RoutePlan, route: &Route, user: &UserRow, lane: &Lane) -> RoutePlan {
    plan.stopped = Some(lane.state);
    if lane.state == State::Blocked(BlockReason::NeedsData) {
        let fate = |leaf: &Leaf| (leaf.clone(), planner::fate_of_needed(route, &user.profile, leaf));
        plan.needed = lane.blocked_leaves.iter().map(fate).collect();
    }
    plan.stopped_by = lane.blocked_leaves.clone();
    plan
}
