use std::{collections::BTreeMap, sync::Arc};

use adapter::{Fate, Subject};
use canonical::{Applied, Change, Fault, FaultKind, IdentityChange, Leaf, Profile, UserId, Value};

use crate::{
    Enrol, Route, RouteId, RouteSet,
    audit::{AuditKind, AuditRow},
    lane::{self, Event, Lane, Rearm, Version},
    millis,
    mutation::{self, Mutation},
    planner::{self, RouteView},
    store::{
        Accept, AcceptError, IdentityAct, LaneRow, Names, Precondition, RouteVerdict, UpdateRow, UserRow,
        Verdict,
    },
};

/// What a store has of the user and of those who have what the patch asks for.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The user, if the id was ever seen.
    pub user: Option<UserRow>,
    /// All lanes of the user.
    pub lanes: Vec<LaneRow>,
    /// The routes at which another user has the identity that the patch sets; see [`identity_keys`].
    pub taken: Vec<RouteId>,
    /// How the routes name the manager whom the user will have; see [`next_manager`].
    pub manager: Names,
}

/// What a store is to write.
#[derive(Debug)]
pub struct AcceptWrites {
    /// The user after the update.
    pub user: UserRow,
    /// Whether the user's row changes.
    pub user_changed: bool,
    /// The lanes that change or are new.
    pub lanes: Vec<LaneRow>,
    /// The lanes that stay as they are.
    pub untouched: Vec<LaneRow>,
    /// The record of the update.
    pub update: UpdateRow,
    /// What goes into the audit.
    pub audit: Vec<AuditRow>,
    /// The routes that name the user in another way from now on and tell their vendors whom the user manages: a store applies
    /// [`Rearm::Mapping`] to the lanes there of everybody whose manager the user is.
    pub renamed: Vec<RouteId>,
}

/// The identities that a patch sets, as the store compares them: a store looks up who else has them.
pub fn identity_keys(command: &Accept) -> Vec<(RouteId, String)> {
    let set = command.patch.identities.iter().filter_map(|(name, change)| {
        let IdentityChange::Set(text) = change else { return None };
        let (id, route) = command.routes.by_name(name)?;
        Some((id, Subject::parse(route.subject_kind, text).ok()?.key()))
    });
    set.collect()
}

/// The manager whom a user will have after the patch: a store looks up how the routes name that person.
pub fn next_manager(command: &Accept, user: Option<&UserRow>) -> Option<UserId> {
    match command.patch.changes.get(&Leaf::Manager) {
        Some(Change::Set(Value::Text(text))) => text.parse().ok(),
        Some(_) => None,
        None => user?.profile.manager_id(),
    }
}

/// Takes an update, or says why not.
///
/// # Errors
/// Why the update is refused; nothing is to be written then.
pub fn accept(command: &Accept, loaded: Loaded) -> Result<AcceptWrites, AcceptError> {
    let Loaded { user, lanes, taken, manager } = loaded;
    check_precondition(command, user.as_ref())?;
    let identities = identities(command, &lanes, &taken)?;
    let before = user.filter(|user| user.erased_at.is_none() || command.precondition == Precondition::Absent);
    let (mut user, applied, created) = next_user(command, before, !identities.is_empty())?;
    user.manager = manager;
    let manages_themself = user.profile.manager_id().as_ref() == Some(&command.user);
    for (id, (_, act)) in identities.iter().filter(|_| manages_themself) {
        let subject = if let IdentityAct::Set { text, .. } = act { Some(text.as_str()) } else { None };
        command.routes.get(*id).into_iter().for_each(|route| user.manager.set(&route.name, subject));
    }
    let effective = !applied.changed.is_empty() || !identities.is_empty();
    let fan_out = FanOut { command, user: &user, applied: &applied, identities: &identities };
    let mut writes = Vec::new();
    let mut verdicts = BTreeMap::new();
    let mut lanes: BTreeMap<RouteId, LaneRow> = lanes.into_iter().map(|lane| (lane.route, lane)).collect();
    for (id, route) in command.routes.iter() {
        let (verdict, lane) = fan_out.visit(id, route, lanes.get(&id));
        verdicts.insert(id, verdict);
        if let Some(lane) = lane {
            lanes.remove(&id);
            writes.push(lane);
        }
    }
    let update = UpdateRow {
        id: command.id,
        user: command.user.clone(),
        version: user.version,
        caller: command.caller.0.clone(),
        at: command.now,
        incarnation: user.incarnation,
        created,
        changed: applied.changed.into_iter().collect(),
        unchanged: applied.unchanged.into_iter().collect(),
        effective,
        verdicts,
    };
    let renamed = identities.keys().copied().filter(|id| names_managers(&command.routes, *id)).collect();
    let audit = identities.iter().map(|(route, (old, act))| audit_row(command, *route, *old, act)).collect();
    Ok(AcceptWrites {
        user,
        user_changed: effective || created,
        lanes: writes,
        untouched: lanes.into_values().collect(),
        update,
        audit,
        renamed,
    })
}

/// Whether the route tells its vendor whom people have for a manager as it names them itself.
pub(super) fn names_managers(routes: &RouteSet, id: RouteId) -> bool {
    routes.get(id).is_some_and(|route| route.mapping.names_by_subject(&Leaf::Manager))
        && !mutation::is_on(Mutation::ManagerRenamedUnheard)
}

fn check_precondition(command: &Accept, user: Option<&UserRow>) -> Result<(), AcceptError> {
    let living = user.filter(|user| user.erased_at.is_none());
    let current = living.map(|user| user.version);
    match user.and_then(|user| user.erased_at) {
        Some(at) if command.precondition != Precondition::Absent => {
            return Err(AcceptError::UserErased { at });
        }
        _ if !command.precondition.holds(current) => return Err(AcceptError::VersionMismatch { current }),
        _ => {}
    }
    match living {
        None if !command.may_create => Err(AcceptError::UserNotFound),
        _ => Ok(()),
    }
}

/// The subject changes that the patch makes, each with whether there was a subject before.
type Identities = BTreeMap<RouteId, (bool, IdentityAct)>;

fn identities(command: &Accept, lanes: &[LaneRow], taken: &[RouteId]) -> Result<Identities, AcceptError> {
    let mut acts = Identities::new();
    for (name, change) in &command.patch.identities {
        let Some((id, route)) = command.routes.by_name(name) else {
            return Err(AcceptError::UnknownRoute { name: name.clone() });
        };
        let lane = lanes.iter().find(|lane| lane.route == id);
        let present = lane.and_then(|lane| lane.lane.subject.as_deref());
        let act = match change {
            IdentityChange::Remove if present.is_none() => continue,
            IdentityChange::Remove => IdentityAct::Remove,
            IdentityChange::Set(text) => {
                let subject = Subject::parse(route.subject_kind, text).map_err(|invalid| {
                    Fault::new(FaultKind::InvalidValue, format!("/identities/{name}"), invalid.0)
                })?;
                if present == Some(subject.as_str()) {
                    continue;
                }
                IdentityAct::Set { text: subject.as_str().to_owned(), key: subject.key() }
            }
        };
        if present.is_some() && !command.may_operate {
            return Err(AcceptError::IdentityPinned { route: name.clone() });
        }
        if matches!(act, IdentityAct::Set { .. }) && taken.contains(&id) {
            return Err(AcceptError::IdentityTaken { route: name.clone() });
        }
        acts.insert(id, (present.is_some(), act));
    }
    Ok(acts)
}

fn next_user(
    command: &Accept,
    before: Option<UserRow>,
    identities_change: bool,
) -> Result<(UserRow, Applied, bool), AcceptError> {
    let revived = before.as_ref().is_some_and(|user| user.erased_at.is_some());
    let created = before.is_none() || revived;
    let before = before.unwrap_or(UserRow {
        incarnation: 0,
        version: 0,
        profile: Arc::default(),
        erased_at: None,
        updated_at: command.now,
        manager: Default::default(),
    });
    let version: Version = before.version + 1;
    let mut profile = Profile::clone(&before.profile);
    let applied = profile.apply(&command.patch, version)?;
    if applied.changed.is_empty() && !identities_change && !created {
        return Ok((before, applied, false));
    }
    let user = UserRow {
        incarnation: before.incarnation + u32::from(created),
        version,
        profile: Arc::new(profile),
        erased_at: None,
        updated_at: command.now,
        manager: Default::default(),
    };
    Ok((user, applied, created))
}

struct FanOut<'a> {
    command: &'a Accept,
    user: &'a UserRow,
    applied: &'a Applied,
    identities: &'a Identities,
}

impl FanOut<'_> {
    /// What the update means to one route, and the lane if it changes.
    fn visit(&self, id: RouteId, route: &Route, before: Option<&LaneRow>) -> (RouteVerdict, Option<LaneRow>) {
        let profile = &self.user.profile;
        let view = RouteView::of(route, self.user);
        let mut lane = before.map_or_else(Lane::default, |before| Lane::clone(&before.lane));
        // A request of the life before may still arrive, under the same subject for all that is known.
        let window = millis(route.window());
        lane.revive(window, self.command.now);
        let act = self.identities.get(&id).map(|(_, act)| act);
        if let Some(act) = act {
            let subject = match act {
                IdentityAct::Set { text, key } => Some((text.clone(), key.clone())),
                IdentityAct::Remove => None,
            };
            let event = Event::Rearm(Rearm::Identity { subject, window });
            lane::apply(&mut lane, &view.facts(), event, self.command.now);
        }
        let known = lane.subject.is_some() || planner::subject_of(route, profile, Some(&lane)).is_some();
        let enrols = lane.subject.is_some() || (route.enrol == Enrol::Email && view.serves());
        let changed: Vec<Leaf> = self.applied.changed.iter().cloned().collect();
        let resent: Vec<Leaf> = self.applied.unchanged.iter().cloned().collect();
        if known && (enrols || before.is_some()) {
            let priority = self.command.priority;
            let event = Event::Accept { changed: &changed, resent: &resent, priority };
            lane::apply(&mut lane, &view.facts(), event, self.command.now);
        }
        planner::note_kept(route, profile, &view, &mut lane);
        let verdict = RouteVerdict {
            verdict: self.verdict(id, known, &view, &lane),
            fates: self.fates(route, &view, &lane),
        };
        let changes = match before {
            Some(before) => *before.lane != lane,
            None => act.is_some() || (known && enrols),
        };
        if changes && self.command.trace.is_some() {
            lane.trace = self.command.trace;
        }
        if changes {
            lane.revise();
        }
        let row = changes.then(|| LaneRow {
            id: before.and_then(|before| before.id),
            route: id,
            lane: Arc::new(lane),
        });
        (verdict, row)
    }

    fn verdict(&self, id: RouteId, known: bool, view: &RouteView, lane: &Lane) -> Verdict {
        match () {
            () if !known => Verdict::NoIdentity,
            () if !view.serves() => Verdict::NotMatching,
            () if self.applied.changed.iter().any(|leaf| sends(view, lane, leaf)) => Verdict::Owed,
            () if self.identities.contains_key(&id) && self.owes_by_identity(view) => Verdict::Owed,
            () => Verdict::NothingToSend,
        }
    }

    /// A route that got its subject with this update owes the whole profile because of it.
    fn owes_by_identity(&self, view: &RouteView) -> bool {
        self.user.profile.iter().any(|(leaf, _)| view.carries(leaf))
    }

    fn fates(&self, route: &Route, view: &RouteView, lane: &Lane) -> BTreeMap<Leaf, Fate> {
        let fate = |leaf: &Leaf| match planner::fate(route, &self.user.profile, leaf) {
            Some(fate) => Some(fate),
            None if lane::has_nothing_to_send(lane, &view.facts(), leaf) => Some(Fate::NothingToSend),
            None => None,
        };
        self.applied.changed.iter().filter_map(|leaf| Some((leaf.clone(), fate(leaf)?))).collect()
    }
}

/// Whether something of the leaf is to be sent.
fn sends(view: &RouteView, lane: &Lane, leaf: &Leaf) -> bool {
    view.carries(leaf) && !lane::has_nothing_to_send(lane, &view.facts(), leaf)
}

fn audit_row(command: &Accept, route: RouteId, had_one: bool, act: &IdentityAct) -> AuditRow {
    let detail = match (had_one, act) {
        (false, IdentityAct::Set { .. }) => "set",
        (true, IdentityAct::Set { .. }) => "changed",
        (_, IdentityAct::Remove) => "removed",
    };
    AuditRow {
        at: command.now,
        who: command.caller.0.clone(),
        kind: AuditKind::Identity,
        route: Some(route),
        detail: format!("user {} {detail}", command.user),
    }
}
