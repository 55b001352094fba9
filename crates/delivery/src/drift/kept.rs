use std::{collections::BTreeMap, sync::Arc};

use adapter::{Agreement, Reader, Seen, WireField, WireValue};
use canonical::{Leaf, Value};

use super::{Belief, Finding};
use crate::{
    Route,
    lane::{Kept, Lane},
    planner::{self, RouteView},
    store::UserRow,
};

/// A field in which a value of ours is kept, or may be, and what it shows when none is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeptField {
    leaf: Leaf,
    /// The person's current value of the leaf that the field stands for; none where it has none.
    present: Option<WireField>,
    /// Whether the value that may be kept there is the current one itself.
    is_present: bool,
}

/// What is found of a field in which a value of ours was kept, or may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFound {
    /// The leaf that was written there last.
    pub leaf: Leaf,
    /// `Kept`, `KeptNoMore`, `Same`, `NotShown`, or `Behind` where a request may have changed it meanwhile.
    pub finding: Finding,
}

/// What is kept of a user, by the fields' names on the wire.
pub(super) fn fields(route: &Route, user: &UserRow, lane: &Lane) -> BTreeMap<Arc<str>, KeptField> {
    let view = RouteView::of(route, user);
    let lane = lane.seen_by(&view.facts());
    let field = |kept: Kept| (Arc::clone(&kept.slot), KeptField::of(route, user, &kept));
    planner::kept(route, &user.profile, &view, &lane).into_iter().map(field).collect()
}

impl KeptField {
    fn of(route: &Route, user: &UserRow, kept: &Kept) -> Self {
        let owner = route.mapping.leaf_of(&kept.slot).unwrap_or(&kept.leaf);
        let profile = user.seen_by(route);
        let entry = profile.get(owner);
        let value = entry.and_then(|entry| entry.value.as_ref());
        let present = value.map(|value| WireField {
            leaf: owner.clone(),
            to: kept.slot.to_string(),
            value: present(route, owner, &kept.slot, value),
        });
        let is_present = *owner == kept.leaf && entry.map(|entry| entry.version) == kept.version;
        Self { leaf: kept.leaf.clone(), present, is_present }
    }

    fn finding(&self, slot: &str, reader: &dyn Reader, confirmed: &[WireField], seen: &Seen) -> Finding {
        let shows = |field: &WireField| {
            let mut all = confirmed.to_vec();
            all.push(field.clone());
            reader.agreement(field, &all, seen)
        };
        let empty = WireField { leaf: self.leaf.clone(), to: slot.to_owned(), value: WireValue::Clear };
        match shows(&empty) {
            Agreement::Same => Finding::KeptNoMore,
            Agreement::NotShown => Finding::NotShown,
            Agreement::SpelledOtherwise | Agreement::Differs => match self.present.as_ref().map(shows) {
                Some(Agreement::Same | Agreement::SpelledOtherwise) if self.is_present => Finding::Same,
                Some(Agreement::Same | Agreement::SpelledOtherwise) => Finding::KeptNoMore,
                _ => Finding::Kept,
            },
        }
    }
}

/// The value as the route would put it there; as it is where the route does not.
fn present(route: &Route, owner: &Leaf, slot: &str, value: &Value) -> WireValue {
    let field = route.mapping.field(owner).filter(|field| &*field.to == slot);
    match field.map(|_| route.mapping.carry(owner, Some(value))) {
        // Of a set the vendor may have more members than ours: the old ones.
        Some(Ok(WireValue::Members { .. })) | Some(Err(_)) | None => WireValue::Set(value.to_json()),
        Some(Ok(wire)) => wire,
    }
}

impl Belief {
    /// What is found of each field in which a value of ours is kept. `moved`: something was sent while the vendor was asked, or may
    /// still arrive, so that what is shown may not stay.
    pub fn kept(&self, reader: &dyn Reader, seen: &Seen, moved: bool) -> BTreeMap<Arc<str>, KeptFound> {
        let found = self.kept.iter().map(|(slot, field)| {
            let finding = match field.finding(slot, reader, &self.confirmed, seen) {
                Finding::KeptNoMore | Finding::Same if moved => Finding::Behind,
                finding => finding,
            };
            (Arc::clone(slot), KeptFound { leaf: field.leaf.clone(), finding })
        });
        found.collect()
    }
}

/// Adds what was found of kept fields to what was found of the leaves: one of which the vendor keeps an old value is kept, unless it
/// differs besides.
pub fn add_kept(findings: &mut BTreeMap<Leaf, Finding>, kept: &BTreeMap<Arc<str>, KeptFound>) {
    for KeptFound { leaf, finding } in kept.values() {
        let known = findings.get(leaf);
        let is_news = match (known, finding) {
            (None, _) => true,
            (Some(Finding::Differs), _) => false,
            (_, Finding::Kept) | (Some(Finding::Held), Finding::KeptNoMore) => true,
            _ => false,
        };
        if is_news {
            findings.insert(leaf.clone(), *finding);
        }
    }
}
