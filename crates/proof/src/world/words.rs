//! Every word that the gateway has for a person, held against the vendor's own record at that moment: for each field, carried or
//! not.

use std::collections::{BTreeMap, BTreeSet};

use adapter::{Fate, Means};
use canonical::Leaf;
use delivery::{
    Route, RouteSet,
    gate::RouteCondition,
    lane::Lane,
    planner::RouteView,
    status::{self, Standing, StandingState, UpdateStatus},
    store::{Reads, UpdateRow, UserRow, Work},
};
use serde_json::Value as Json;
use testkit::memory_store::MemoryStore;
use vendor_sim::Vendor;

use super::{
    clients, people,
    routes::{self, NAMES},
    shared::Shared,
    state::State,
};
use crate::history::{Finding, Ms, Send, Write, is_same, translate};

/// What was claimed for a person at a route, and what the vendors have applied: values by the field that they went to.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// By route and person, and then by leaf and version: the field, the value, and when it was claimed first.
    claimed: BTreeMap<(usize, usize), Claimed>,
    /// By place and field: every value that was ever applied, as text, and when the newest request with it was begun.
    applied: BTreeMap<(Place, String), BTreeMap<String, Ms>>,
}

/// A route, one of its vendor's hosts, and a subject there.
type Place = (usize, usize, String);

type Claimed = BTreeMap<(Leaf, u64), Vec<(String, Json, Ms)>>;

impl Record {
    /// A lane is claimed under these routes.
    pub(crate) fn claimed(&mut self, route: usize, user: usize, routes: &RouteSet, work: &Work, now: Ms) {
        let Some(mapping) = routes.get(work.route).map(|route| &route.mapping) else { return };
        for assertion in &work.claim.payload {
            let Ok(wire) = mapping.carry(&assertion.leaf, work.profile.value(&assertion.leaf)) else {
                continue;
            };
            let key = (assertion.leaf.clone(), assertion.version);
            let pair = (assertion.slot.to_string(), translate::plain(wire));
            let pairs = self.claimed.entry((route, user)).or_default().entry(key).or_default();
            if !pairs.iter().any(|(field, value, _)| (field, value) == (&pair.0, &pair.1)) {
                pairs.push((pair.0, pair.1, now));
            }
        }
    }

    /// A host has applied a request.
    pub(crate) fn applied(&mut self, route: usize, host: usize, send: &Send) {
        for write in &send.writes {
            if let Write::Set(field, value) = write {
                self.note(route, host, send, field, value);
            }
        }
    }

    /// What a host has of the person of a request, at any moment since the request was begun: what is not there is as if it had
    /// been taken away.
    pub(crate) fn seen(&mut self, route: usize, host: usize, send: &Send, fields: &BTreeMap<String, Json>) {
        for write in &send.writes {
            if let Write::Set(field, Json::Null) = write
                && fields.get(field).is_none_or(Json::is_null)
            {
                self.note(route, host, send, field, &Json::Null);
            }
        }
    }

    fn note(&mut self, route: usize, host: usize, send: &Send, field: &str, value: &Json) {
        let place = (route, host, send.subject.clone());
        let begun =
            self.applied.entry((place, field.to_owned())).or_default().entry(value.to_string()).or_default();
        *begun = send.start.max(*begun);
    }

    /// Whether a host has ever applied a version of a leaf that `is_it`.
    fn has_applied(
        &self,
        (route, host): (usize, usize),
        user: usize,
        leaf: &Leaf,
        subjects: &BTreeSet<String>,
        is_it: impl Fn(u64) -> bool,
    ) -> bool {
        let Some(of_user) = self.claimed.get(&(route, user)) else { return false };
        let claims = of_user.range((leaf.clone(), 0)..=(leaf.clone(), u64::MAX));
        let claims = claims.filter(|((_, version), _)| is_it(*version));
        claims.flat_map(|(_, pairs)| pairs).any(|(field, value, since)| {
            subjects.iter().any(|subject| {
                let values = self.applied.get(&((route, host, subject.clone()), field.clone()));
                values.and_then(|values| values.get(&value.to_string())).is_some_and(|begun| begun >= since)
            })
        })
    }

    /// The version of the leaf that a person was given with this value in this field, the newest one.
    fn given(
        &self,
        place: &Place,
        user: usize,
        field: &str,
        value: &Json,
        since: u64,
    ) -> Option<(Leaf, u64)> {
        // A value that the vendor had from elsewhere is not ours.
        let applied = self.applied.get(&(place.clone(), field.to_owned()))?;
        let of_user = self.claimed.get(&(place.0, user))?.iter().filter(|((_, version), pairs)| {
            *version >= since
                && pairs.iter().any(|(own, claimed, since)| {
                    let begun = applied.get(&claimed.to_string());
                    own == field && is_same(claimed, value) && begun.is_some_and(|begun| begun >= since)
                })
        });
        of_user.map(|((leaf, version), _)| (leaf.clone(), *version)).max_by_key(|(_, version)| *version)
    }
}

/// Looks at one person.
pub(crate) async fn check(shared: &Shared, store: &MemoryStore, routes: &RouteSet, user: usize) {
    let Ok(Some(snapshot)) = store.user(&clients::name(user)).await else { return };
    if snapshot.user.erased_at.is_some() {
        return;
    }
    let updates = store.updates_of(&clients::name(user), None, u32::MAX).await.unwrap_or_default();
    let conditions = |_| RouteCondition::default();
    let status = |update: &UpdateRow| {
        status::of_update(update, &snapshot.user, &snapshot.lanes, routes, conditions, 0)
    };
    let of_life = updates.iter().filter(|update| update.incarnation == snapshot.user.incarnation);
    let updates: Vec<(&UpdateRow, UpdateStatus)> = of_life.map(|update| (update, status(update))).collect();
    let mut state = shared.lock();
    let mut findings = Vec::new();
    for (id, route) in routes.iter() {
        let Some(at) = usize::try_from(id.0 - 1).ok().filter(|at| *at < NAMES.len()) else { continue };
        // Of a vendor that applies later nobody can say what it has.
        if route.limits.apply_window.is_some() {
            continue;
        }
        let row = snapshot.lanes.iter().find(|row| row.route == id);
        let Some(lane) = row.map(|row| &*row.lane) else { continue };
        let host = routes::host(at, route);
        let person = &snapshot.user;
        let look = Look { state: &state, at, host, user, route, person, lane, updates: &updates };
        let wrong = look.updates().or_else(|| look.standing());
        findings.extend(wrong.map(|text| {
            let text = format!("{}, {}: {text}", NAMES[at], people::user_id(user));
            Finding { rule: "G26", text }
        }));
    }
    state.findings.extend(findings);
}

struct Look<'a> {
    state: &'a State,
    at: usize,
    host: usize,
    user: usize,
    route: &'a Route,
    person: &'a UserRow,
    lane: &'a Lane,
    updates: &'a [(&'a UpdateRow, UpdateStatus)],
}

impl Look<'_> {
    /// What is wrong with a word about an update.
    fn updates(&self) -> Option<String> {
        let subjects: BTreeSet<String> = (0..people::TURNS)
            .map(|turn| people::subject(self.at, self.user, turn))
            .chain(self.lane.subject.clone())
            .collect();
        let record = &self.state.record;
        for (update, status) in self.updates {
            let Some(of_route) = status.routes.get(&self.route.name) else { continue };
            for leaf in update.changed.iter().filter(|leaf| **leaf != Leaf::Tags) {
                let has = |is_it: &dyn Fn(u64) -> bool| {
                    record.has_applied((self.at, self.host), self.user, leaf, &subjects, is_it)
                };
                let fate = of_route.leaves.get(leaf).copied();
                let is_true = match fate {
                    Some(Fate::Applied | Fate::Accepted) => has(&|version| version == update.version),
                    Some(Fate::Replaced) => has(&|version| version > update.version),
                    _ => true,
                };
                if !is_true {
                    return Some(format!(
                        "{leaf} v{} is called {fate:?}, which no record bears out",
                        update.version
                    ));
                }
            }
        }
        None
    }

    /// What is wrong with the word about the person.
    fn standing(&self) -> Option<String> {
        let standing = status::of_user(self.route, self.person, Some(self.lane), &RouteCondition::default());
        let fields = self.state.vendors[self.at].fields(self.host, self.lane.subject.as_deref()?);
        let view = RouteView::of(self.route, self.person);
        let seen = self.person.seen_by(self.route);
        let says_in_step = matches!(standing.state, StandingState::InStep | StandingState::InStepExcept);
        if says_in_step && self.route.adapter.dialect().success_means == Means::Applied {
            // What is told to be stopped is not said to be there.
            let is_told =
                |leaf: &Leaf| matches!(standing.leaves.get(leaf), Some(fate) if *fate != Fate::NothingToSend);
            for carried in view.carried().filter(|carried| !is_told(&carried.leaf)) {
                let wire = self.route.mapping.carry(&carried.leaf, seen.value(&carried.leaf));
                let Ok(wire) = wire.map(translate::plain) else { continue };
                let has = fields.get(&*carried.slot).unwrap_or(&Json::Null);
                // What was there before another life or identity, nobody takes out of a set.
                let adds = wire.is_array() && (self.person.incarnation > 1 || self.lane.known_since > 0);
                if !is_same(&wire, has) && !adds {
                    return Some(format!("{:?}, and {} is {has} for {wire}", standing.state, carried.slot));
                }
            }
        }
        self.kept(&standing, &view, &fields)
    }

    /// Everything of ours that stands there and is not the person's any more is told, and nothing else is told for certain.
    fn kept(&self, standing: &Standing, view: &RouteView, fields: &BTreeMap<String, Json>) -> Option<String> {
        let since = self.first_version();
        let kept = |field: &str| standing.kept.iter().find(|kept| &*kept.kept.slot == field);
        for (field, value) in fields {
            let owner = self.route.mapping.leaf_of(field);
            let is_replaced = |leaf: &Leaf| {
                let is_stopped = standing.leaves.get(leaf).is_some_and(|fate| *fate != Fate::NothingToSend);
                view.serves() && view.carries(leaf) && !is_stopped
            };
            if owner.is_some_and(is_replaced) || value.is_array() || is_same(value, &Json::Null) {
                continue;
            }
            let record = &self.state.record;
            let place = (self.at, self.host, self.lane.subject.clone().unwrap_or_default());
            let Some((leaf, version)) = record.given(&place, self.user, field, value, since) else {
                continue;
            };
            let is_theirs = self.person.profile.get(&leaf).is_some_and(|entry| entry.version == version)
                && owner.is_none_or(|owner| *owner == leaf);
            if !is_theirs && kept(field).is_none() {
                return Some(format!(
                    "{field} has {leaf} v{version}, and nobody is told ({:?})",
                    standing.state
                ));
            }
        }
        let is_empty = |field: &str| fields.get(field).is_none_or(|value| is_same(value, &Json::Null));
        let certain = standing.kept.iter().filter(|kept| kept.kept.is_certain);
        let mut wrong = certain.filter(|kept| is_empty(&kept.kept.slot) && self.shows_all());
        wrong.next().map(|kept| format!("{} is called kept for certain and is empty", kept.kept.slot))
    }

    /// Whether the vendor's record shows everything that it was sent.
    fn shows_all(&self) -> bool {
        Vendor::ALL[self.at] != Vendor::Village
    }

    /// The version with which the person's current life began, or the current identity: what was before is not theirs to know.
    fn first_version(&self) -> u64 {
        let born = self.updates.iter().map(|(update, _)| update.version).min().unwrap_or(0);
        born.max(self.lane.known_since)
    }
}
