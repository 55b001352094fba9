//! What a user's profile means to one route: which leaves are owed, what is sent for them, and what becomes of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use adapter::{
    Carried, Fate, Fingerprint, Group, Mapping, Subject, TranslateError, Update, VendorRequest, WireField,
    WireValue,
};
use canonical::{Leaf, Profile, Value};

use crate::{
    Enrol, Route,
    lane::{
        self, Assertion, Claim, Facts, Filler, Kept, Lane, MOST_REMOVALS, Partial, RequiredFact, Sent,
        SubjectFact, Version,
    },
    millis,
    store::UserRow,
};

/// The most requests of one attempt; what needs more stays owed and follows in the next attempt.
pub const MOST_REQUESTS: usize = MOST_REMOVALS + 1;

/// What a profile means to one route.
#[derive(Debug, Default)]
pub struct RouteView {
    version: Version,
    is_known: bool,
    serves: bool,
    place: Option<Fingerprint>,
    carried: BTreeMap<Leaf, Assertion>,
    uncarried: Vec<(Leaf, Arc<str>)>,
    required: Vec<RequiredFact>,
    groups: Arc<[Group]>,
    members: BTreeMap<Leaf, BTreeSet<String>>,
}

impl RouteView {
    /// Derives the view of a user as it is now.
    pub fn of(route: &Route, user: &UserRow) -> Self {
        let serves = route.serves(&user.profile);
        let mut view = Self { version: user.version, is_known: true, serves, ..Self::of_nobody(route) };
        let profile = &*user.seen_by(route);
        for (leaf, entry) in profile.iter() {
            let Some(field) = route.mapping.field(leaf) else { continue };
            match route.mapping.carried(leaf, entry.value.as_ref()) {
                Ok(carried) => view.carry(leaf, entry.version, &field.to, carried),
                Err(_) => view.uncarried.push((leaf.clone(), Arc::clone(&field.to))),
            }
        }
        let required = route.mapping.required().filter_map(|leaf| {
            let slot = Arc::clone(&route.mapping.field(leaf)?.to);
            let value = required_value(route, profile, leaf)
                .filter(|_| uncarried_with(route, profile, leaf).is_none());
            Some(RequiredFact { leaf: leaf.clone(), slot, value })
        });
        view.required = required.collect();
        view
    }

    /// The view for an event that does not depend on the profile.
    pub fn of_nobody(route: &Route) -> Self {
        Self { place: Some(route.place()), groups: Arc::clone(route.mapping.groups()), ..Self::default() }
    }

    fn carry(&mut self, leaf: &Leaf, version: Version, slot: &Arc<str>, carried: Carried) {
        let Carried { wire, fingerprint } = carried;
        let clears = match wire {
            WireValue::Clear => true,
            WireValue::Set(value) => value.as_str() == Some(""),
            WireValue::Members { wanted, .. } => {
                let is_empty = wanted.is_empty();
                self.members.insert(leaf.clone(), wanted.into_iter().collect());
                is_empty
            }
        };
        let assertion =
            Assertion { leaf: leaf.clone(), version, slot: Arc::clone(slot), way: fingerprint, clears };
        self.carried.insert(leaf.clone(), assertion);
    }

    /// The view as the lane machine takes it.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            version: self.version,
            is_known: self.is_known,
            serves: self.serves,
            place: self.place.unwrap_or(Fingerprint::of_number(0)),
            carried: &self.carried,
            uncarried: &self.uncarried,
            required: &self.required,
            groups: &self.groups,
            members: &self.members,
        }
    }

    /// Whether the route serves the user.
    pub fn serves(&self) -> bool {
        self.serves
    }

    /// Whether the route carries the leaf with its current value.
    pub fn carries(&self, leaf: &Leaf) -> bool {
        self.carried.contains_key(leaf)
    }

    /// What is carried.
    pub fn carried(&self) -> impl Iterator<Item = &Assertion> {
        self.carried.values()
    }
}

/// What the vendor has, or may have, of a user that is not the person's any more.
pub fn kept(route: &Route, profile: &Profile, view: &RouteView, lane: &Lane) -> Vec<Kept> {
    let owner = |slot: &str| route.mapping.leaf_of(slot).cloned();
    let present = |leaf: &Leaf| profile.get(leaf).map(|entry| entry.version);
    lane::kept(lane, &view.facts(), owner, present).collect()
}

/// Notes on the lane whether the vendor keeps anything, for lists.
pub(crate) fn note_kept(route: &Route, profile: &Profile, view: &RouteView, lane: &mut Lane) {
    lane.keeps = !lane.slots.is_empty() && !kept(route, profile, view, lane).is_empty();
}

fn required_value(route: &Route, profile: &Profile, leaf: &Leaf) -> Option<serde_json::Value> {
    match route.mapping.carry(leaf, Some(profile.value(leaf)?)) {
        Ok(WireValue::Set(value)) => Some(value),
        _ => None,
    }
}

/// How a route's vendor would name the user, apart from a subject that the lane has already.
pub fn subject_of(route: &Route, profile: &Profile, lane: Option<&Lane>) -> Option<Subject> {
    if let Some(text) = lane.and_then(|lane| lane.subject.as_deref()).filter(|_| !follows_email(route, lane))
    {
        return Subject::parse(route.subject_kind, text).ok();
    }
    match (route.enrol, profile.value(&Leaf::Email)) {
        (Enrol::Email, Some(Value::Email(email))) => Subject::parse(route.subject_kind, email.as_str()).ok(),
        _ => None,
    }
}

/// Whether the subject is the profile's present address: nothing was ever reserved or set under another one.
fn follows_email(route: &Route, lane: Option<&Lane>) -> bool {
    route.enrol == Enrol::Email && lane.is_none_or(|lane| lane.subject_key.is_none() && !lane.pinned)
}

/// What a claim needs to know about the subject; `taken` is for the store to find out.
pub fn subject_fact(route: &Route, profile: &Profile, lane: &Lane) -> SubjectFact {
    let candidate =
        subject_of(route, profile, Some(lane)).map(|subject| (subject.as_str().to_owned(), subject.key()));
    SubjectFact { candidate, taken: false, apply_window: route.limits.apply_window.map(millis), began: 0 }
}

/// Builds the requests of a claim, at most [`MOST_REQUESTS`], and what they carry.
///
/// # Errors
/// When the adapter cannot build them: a bug, or a stored subject that is none.
pub fn build(
    route: &Route,
    profile: &Profile,
    claim: &Claim,
) -> Result<(Vec<VendorRequest>, Sent), TranslateError> {
    let subject = Subject::parse(route.subject_kind, &claim.subject).map_err(|_| TranslateError {
        vendor: route.adapter.dialect().vendor,
        what: "the stored identity cannot be parsed".to_owned(),
    })?;
    let mut payload = claim.payload.clone();
    let mut partial = Partial::No;
    loop {
        let fields = fields(route, profile, claim, &payload);
        let requests = route.adapter.build_requests(&Update { subject: &subject, fields: &fields })?;
        if requests.len() <= MOST_REQUESTS {
            return Ok((requests, sent(claim, payload, &fields, partial)));
        }
        let removals: usize = fields.iter().map(removals).sum();
        let others = requests.len().saturating_sub(removals);
        // What is set, cleared or added goes first, and with it as many removals as there is room for.
        if removals > 0 && others < MOST_REQUESTS {
            let room = MOST_REQUESTS - others;
            return build_some_removals(route, &subject, claim, payload, fields, room);
        }
        // One leaf alone takes no more requests than its removals.
        if payload.len() < 2 {
            return Ok((requests, sent(claim, payload, &fields, partial)));
        }
        let whole = payload.len();
        cut(&route.mapping, &mut payload);
        if payload.len() == whole {
            return Ok((requests, sent(claim, payload, &fields, partial)));
        }
        partial = Partial::Leaves;
    }
}

/// Leaves the first half, without the leaves whose group would be cut; the first group alone is never cut.
fn cut(mapping: &Mapping, payload: &mut Vec<Assertion>) {
    let half = payload.split_off(payload.len() / 2);
    let group = |leaf: &Leaf| mapping.groups().iter().position(|group| group.contains(leaf));
    let is_cut = |it: &Assertion| {
        let of_leaf = group(&it.leaf);
        of_leaf.is_some() && half.iter().any(|other| group(&other.leaf) == of_leaf)
    };
    if payload.iter().all(is_cut) {
        let first = group(&payload[0].leaf);
        payload.extend(half);
        return payload.retain(|it| group(&it.leaf) == first);
    }
    payload.retain(|it| !is_cut(it));
}

/// How many members a field loses.
fn removals(field: &WireField) -> usize {
    if let WireValue::Members { removed, .. } = &field.value { removed.len() } else { 0 }
}

/// A set that loses more members than fit one attempt: the members that stay for now count as wanted.
fn build_some_removals(
    route: &Route,
    subject: &Subject,
    claim: &Claim,
    payload: Vec<Assertion>,
    mut fields: Vec<WireField>,
    mut room: usize,
) -> Result<(Vec<VendorRequest>, Sent), TranslateError> {
    let mut postponed = Vec::new();
    for field in &mut fields {
        if let WireValue::Members { removed, .. } = &mut field.value {
            postponed.extend(removed.split_off(removed.len().min(room)));
            room = room.saturating_sub(removed.len());
        }
    }
    let requests = route.adapter.build_requests(&Update { subject, fields: &fields })?;
    let mut sent = sent(claim, payload, &fields, Partial::Members);
    sent.members.values_mut().for_each(|members| members.extend(postponed.iter().cloned()));
    Ok((requests, sent))
}

fn fields(route: &Route, profile: &Profile, claim: &Claim, payload: &[Assertion]) -> Vec<WireField> {
    let carried = payload.iter().filter_map(|assertion| {
        let leaf = &assertion.leaf;
        let mut value = route.mapping.carry(leaf, profile.value(leaf)).ok()?;
        if let (WireValue::Members { removed, .. }, Some(gone)) = (&mut value, claim.removed.get(leaf)) {
            removed.extend(gone.iter().cloned());
        }
        Some((leaf, value))
    });
    let fillers = claim.fillers.iter().map(|(assertion, filler)| match filler {
        Filler::Profile(value) | Filler::Confirmed(value) => (&assertion.leaf, WireValue::Set(value.clone())),
    });
    let all = carried.chain(fillers);
    all.filter_map(|(leaf, value)| {
        let to = route.mapping.field(leaf)?.to.to_string();
        Some(WireField { leaf: leaf.clone(), to, value })
    })
    .collect()
}

fn sent(claim: &Claim, payload: Vec<Assertion>, fields: &[WireField], partial: Partial) -> Sent {
    let along = claim.fillers.iter().map(|(assertion, _)| assertion.clone()).collect();
    let mut sent =
        Sent { payload, along, version: claim.sent, place: Some(claim.place), partial, ..Sent::default() };
    for field in fields {
        match &field.value {
            WireValue::Set(value) if claim.required.contains(&field.leaf) => {
                sent.required.insert(field.leaf.clone(), value.clone());
            }
            WireValue::Members { wanted, .. } => {
                sent.members.insert(field.leaf.clone(), wanted.iter().cloned().collect());
            }
            _ => {}
        }
    }
    sent
}

/// Why the vendor lacks a leaf that it needs with every request: it has a value that cannot be sent, or none.
pub fn fate_of_needed(route: &Route, profile: &Profile, leaf: &Leaf) -> Fate {
    let with = || uncarried_with(route, profile, leaf).map(|(_, fate)| fate);
    match profile.value(leaf) {
        Some(_) => fate(route, profile, leaf).or_else(with).unwrap_or(Fate::Missing),
        None => Fate::Missing,
    }
}

/// Why a leaf of a profile is not carried at a route; none when it is.
pub fn fate(route: &Route, profile: &Profile, leaf: &Leaf) -> Option<Fate> {
    route.mapping.carry(leaf, profile.value(leaf)).err()
}

/// The leaf that goes together with this one and cannot be carried as the profile has it, and why.
pub fn uncarried_with(route: &Route, profile: &Profile, leaf: &Leaf) -> Option<(Leaf, Fate)> {
    let group = route.mapping.groups().iter().find(|group| group.contains(leaf))?;
    let others = group.iter().filter(|other| *other != leaf && profile.get(other).is_some());
    others.filter_map(|other| Some((other.clone(), fate(route, profile, other)?))).next()
}
