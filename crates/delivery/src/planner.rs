//! What a user's profile means to one route: which leaves are owed, what is sent for them, and what becomes of each.

use std::collections::{BTreeMap, BTreeSet};

use adapter::{Fate, Rule, Subject, TranslateError, Update, VendorRequest, WireField, WireValue};
use canonical::{Leaf, Profile, Value};

use crate::{
    Enrol, Route,
    lane::{Claim, Facts, Filler, Lane, Partial, RequiredFact, Sent, SubjectFact, Version},
    millis,
};

/// The most requests of one attempt; what needs more stays owed and follows in the next attempt.
pub const MOST_REQUESTS: usize = 20;

/// What a profile means to one route.
#[derive(Debug, Default)]
pub struct RouteView {
    version: Version,
    serves: bool,
    carried: BTreeMap<Leaf, Version>,
    required: Vec<RequiredFact>,
    members: BTreeMap<Leaf, BTreeSet<String>>,
}

impl RouteView {
    /// Derives the view of a profile as of user version `version`.
    pub fn of(route: &Route, profile: &Profile, version: Version) -> Self {
        let mut view = Self { version, serves: route.serves(profile), ..Self::default() };
        for (leaf, entry) in profile.iter() {
            let Ok(wire) = route.mapping.carry(leaf, entry.value.as_ref()) else { continue };
            view.carried.insert(leaf.clone(), entry.version);
            if let WireValue::Members { wanted, .. } = wire {
                view.members.insert(leaf.clone(), wanted.into_iter().collect());
            }
        }
        view.required = route
            .mapping
            .required()
            .map(|leaf| RequiredFact { leaf: leaf.clone(), value: required_value(route, profile, leaf) })
            .collect();
        view
    }

    /// The view as the lane machine takes it.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            version: self.version,
            serves: self.serves,
            carried: &self.carried,
            required: &self.required,
            members: &self.members,
        }
    }

    /// Whether the route serves the user.
    pub fn serves(&self) -> bool {
        self.serves
    }

    /// Whether the route carries the leaf with its present value.
    pub fn carries(&self, leaf: &Leaf) -> bool {
        self.carried.contains_key(leaf)
    }
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
    SubjectFact { candidate, taken: false, apply_window: route.limits.apply_window.map(millis) }
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
        what: "a subject that is none".to_owned(),
    })?;
    let mut payload = claim.payload.clone();
    let mut partial = Partial::No;
    loop {
        let fields = fields(route, profile, claim, &payload);
        let requests = route.adapter.build_requests(&Update { subject: &subject, fields: &fields })?;
        if requests.len() <= MOST_REQUESTS {
            return Ok((requests, sent(route, payload, &fields, partial)));
        }
        if payload.len() > 1 {
            payload.truncate(payload.len() / 2);
            partial = Partial::Leaves;
            continue;
        }
        return build_some_removals(route, &subject, payload, fields);
    }
}

/// A single set that loses more members than fit one attempt: the members that stay for now count as wanted.
fn build_some_removals(
    route: &Route,
    subject: &Subject,
    payload: Vec<(Leaf, Version)>,
    mut fields: Vec<WireField>,
) -> Result<(Vec<VendorRequest>, Sent), TranslateError> {
    let mut postponed = Vec::new();
    for field in &mut fields {
        if let WireValue::Members { removed, .. } = &mut field.value {
            postponed.extend(removed.split_off(removed.len().min(MOST_REQUESTS - 1)));
        }
    }
    let requests = route.adapter.build_requests(&Update { subject, fields: &fields })?;
    let mut sent = sent(route, payload, &fields, Partial::Members);
    sent.members.values_mut().for_each(|members| members.extend(postponed.iter().cloned()));
    Ok((requests, sent))
}

fn fields(route: &Route, profile: &Profile, claim: &Claim, payload: &[(Leaf, Version)]) -> Vec<WireField> {
    let carried = payload.iter().filter_map(|(leaf, _)| {
        let mut value = route.mapping.carry(leaf, profile.value(leaf)).ok()?;
        if let (WireValue::Members { removed, .. }, Some(gone)) = (&mut value, claim.removed.get(leaf)) {
            removed.extend(gone.iter().cloned());
        }
        Some((leaf, value))
    });
    let fillers = claim.fillers.iter().map(|(leaf, filler)| match filler {
        Filler::Profile(value) | Filler::Confirmed(value) => (leaf, WireValue::Set(value.clone())),
    });
    let all = carried.chain(fillers);
    all.filter_map(|(leaf, value)| {
        let to = route.mapping.field(leaf)?.to.clone();
        Some(WireField { leaf: leaf.clone(), to, value })
    })
    .collect()
}

fn sent(route: &Route, payload: Vec<(Leaf, Version)>, fields: &[WireField], partial: Partial) -> Sent {
    let mut sent = Sent { payload, partial, ..Sent::default() };
    for field in fields {
        match &field.value {
            WireValue::Set(value) if is_required(route, &field.leaf) => {
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

fn is_required(route: &Route, leaf: &Leaf) -> bool {
    route.mapping.field(leaf).is_some_and(|field| field.rule == Rule::Required)
}

/// The carried leaves that the vendor has yet to confirm.
pub fn owed_leaves(view: &RouteView, lane: &Lane) -> Vec<Leaf> {
    crate::lane::owed(lane, &view.facts()).into_iter().map(|(leaf, _)| leaf).collect()
}

/// What becomes of one leaf of a profile at a route.
pub fn fate(route: &Route, profile: &Profile, leaf: &Leaf) -> Fate {
    match route.mapping.carry(leaf, profile.value(leaf)) {
        Ok(_) => Fate::Sent,
        Err(fate) => fate,
    }
}
