//! The history of a run, for the checker.

use std::collections::BTreeMap;

use canonical::{Leaf, Profile};
use delivery::{
    Enrol,
    lane::{Lane, State as LaneState, WaitCause},
    store::{LaneRow, Reads, UserSnapshot},
};
use serde_json::Value as Json;
use testkit::memory_store::MemoryStore;
use vendor_sim::Vendor;

use super::{
    clients::{self, Request},
    people,
    routes::{self, NAMES, Variant},
    shared::Shared,
    state::State,
};
use crate::history::{Change, Form, History, Kind, LaneEnd, Op, Standing, UserEnd, Wire, translate};

/// Everything that was seen; the store is read as any client could.
pub(crate) async fn history(shared: &Shared, store: &MemoryStore) -> History {
    let mut history = History::default();
    for user in 0..shared.options.users {
        let Ok(Some(snapshot)) = store.user(&clients::name(user)).await else { continue };
        let manager = manager_of(store, &snapshot.user.profile).await;
        let updates = store.updates_of(&clients::name(user), None, u32::MAX).await.unwrap_or_default();
        let state = shared.lock();
        let of_update = |update: &delivery::store::UpdateRow| {
            let op = state.clients.iter().position(|client| client.ids.contains(&update.id))?;
            Some((op as u64, update.version, update.effective || update.created))
        };
        let end = UserEnd {
            version: snapshot.user.version,
            erased: snapshot.user.erased_at.is_some(),
            leaves: leaves(&snapshot.user.profile),
            listed: updates.iter().filter_map(of_update).collect(),
        };
        history.users.insert(people::user_id(user), end);
        let end = |row| lane_end(shared, &state, user, &snapshot, manager.as_deref(), row);
        history.lanes.extend(snapshot.lanes.iter().map(end));
    }
    let state = shared.lock();
    for (at, vendor) in Vendor::ALL.into_iter().enumerate() {
        history.routes.insert(NAMES[at].to_owned(), routes::facts(&shared.setup, vendor, &state.variants));
    }
    history.ops =
        state.clients.iter().enumerate().filter_map(|(id, client)| op(shared, id, client)).collect();
    history.sends = state.sends.iter().map(|log| log.send.clone()).collect();
    history.nudges = state.nudges.clone();
    history.stops = state.stops.clone();
    history.starts = state.starts.clone();
    history.evidence_from = state.tried_again.unwrap_or_default();
    history
}

fn op(shared: &Shared, id: usize, client: &clients::Pending) -> Option<Op> {
    let kind = match &client.request {
        Request::Erase { .. } => Kind::Erase,
        Request::Update(ask, precondition) => {
            let revives = *precondition == delivery::store::Precondition::Absent;
            Kind::Update(change(shared, &ask.body, revives))
        }
    };
    Some(Op {
        id: id as u64,
        user: people::user_id(client.user),
        kind,
        invoked: client.invoked?,
        ended: client.ended,
        outcome: client.outcome,
    })
}

fn change(shared: &Shared, body: &Json, revives: bool) -> Change {
    let mappings =
        Variant::MAPPINGS.map(|variant| Vendor::ALL.map(|vendor| routes::mapping(vendor, variant)));
    let of_variant = |mappings| NAMES.into_iter().zip(mappings);
    let mut change = translate::change(&clients::patch(body), mappings.iter().flat_map(of_variant));
    name_managers(&mut change);
    change.revives = revives;
    change.subjects = people::identities_of(body);
    if shared.setup.village == Enrol::Email
        && let Some(email) = people::email_of(body)
    {
        change.subjects.entry("village".to_owned()).or_insert(email);
    }
    change
}

/// A person for a manager goes to the vendor under the name that the manager has there at the time.
fn name_managers(change: &mut Change) {
    let Some(manager) = change.leaves.get("manager").and_then(Json::as_str).and_then(people::user_of) else {
        return;
    };
    let wire = change.wire.entry(NAMES[people::COMMUNIFIRE].to_owned()).or_default();
    let given: Vec<Wire> = wire.iter().filter(|wire| wire.leaf == "manager").cloned().collect();
    for turn in 0..people::TURNS {
        let form = Form::Carried(people::subject(people::COMMUNIFIRE, manager, turn).into());
        wire.extend(given.iter().map(|given| Wire { form: form.clone(), ..given.clone() }));
    }
}

/// How Communifire names the manager of a person, as far as callers have said: the identity that is stored is checked besides.
async fn manager_of(store: &MemoryStore, profile: &Profile) -> Option<String> {
    let manager = profile.value(&Leaf::Manager)?.to_text()?;
    let snapshot = store.user(&manager.parse().ok()?).await.ok()??;
    let lane = snapshot.lanes.iter().find(|row| row.route.0 == people::COMMUNIFIRE as i64 + 1)?;
    lane.lane.subject.clone()
}

fn leaves(profile: &Profile) -> BTreeMap<String, Json> {
    let of_entry = |(leaf, entry): (&Leaf, &canonical::Entry)| {
        (leaf.name().to_owned(), entry.value.as_ref().map_or(Json::Null, canonical::Value::to_json))
    };
    profile.iter().map(of_entry).collect()
}

fn lane_end(
    shared: &Shared,
    state: &State,
    user: usize,
    snapshot: &UserSnapshot,
    manager: Option<&str>,
    row: &LaneRow,
) -> LaneEnd {
    let at = usize::try_from(row.route.0 - 1).unwrap_or_default();
    let vendor = Vendor::ALL[at];
    let mapping = routes::mapping(vendor, Variant::Usual);
    let profile = &snapshot.user.profile;
    let carried = profile.iter().filter_map(|(leaf, entry)| {
        let value = match manager.filter(|_| *leaf == Leaf::Manager && at == people::COMMUNIFIRE) {
            Some(manager) => manager.into(),
            None => translate::plain(mapping.carry(leaf, entry.value.as_ref()).ok()?),
        };
        Some((mapping.field(leaf)?.to.to_string(), value))
    });
    let held = row.lane.held.keys().filter_map(|leaf| Some(mapping.field(leaf)?.to.to_string()));
    let subject = row.lane.subject.clone();
    LaneEnd {
        route: NAMES[at].to_owned(),
        user: people::user_id(user),
        subject_key: row.lane.subject_key.clone(),
        standing: standing(shared, vendor, snapshot, &row.lane),
        held: held.collect(),
        carried: carried.collect(),
        // When everything is quiet, all routes are configured as at the start.
        vendor: subject.as_deref().map(|subject| state.vendors[at].fields(0, subject)).unwrap_or_default(),
        subject,
    }
}

fn standing(shared: &Shared, vendor: Vendor, snapshot: &UserSnapshot, lane: &Lane) -> Standing {
    if snapshot.user.erased_at.is_some() || lane.state == LaneState::Erased {
        return Standing::Erased;
    }
    if vendor == Vendor::Communifire && !routes::serves(&shared.setup, &snapshot.user.profile) {
        return Standing::NotServed;
    }
    match lane.state {
        LaneState::Blocked(reason) => Standing::Blocked(format!("{reason:?}")),
        LaneState::Idle | LaneState::Wait(WaitCause::HoldRetry) if lane.subject.is_none() => {
            Standing::NotServed
        }
        LaneState::Idle | LaneState::Wait(WaitCause::HoldRetry) => Standing::Settled,
        _ => Standing::Pending(format!("{lane:?}")),
    }
}
