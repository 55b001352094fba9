use std::sync::Arc;

use adapter::ReadItem;
use canonical::{Json, Patch, Profile, Rules};
use serde_json::json;

use super::*;
use crate::{
    Enrol,
    lane::{Hold, HoldReason, Slots, State},
    testing::{confirmed, route},
};

/// Nickname at version 1, e-mail address at 2, telephone number at 3; the title is carried by nobody.
fn user() -> UserRow {
    let mut profile = Profile::default();
    let bodies = [
        json!({"nickname": "Jo", "title": "x"}),
        json!({"email": "jo@x.org"}),
        json!({"phone_number": "+14165551234"}),
    ];
    for (version, body) in (1..).zip(bodies) {
        let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch");
        profile.apply(&patch, version).expect("small");
    }
    UserRow {
        incarnation: 1,
        version: 3,
        profile: Arc::new(profile),
        erased_at: None,
        updated_at: 0,
        manager: Default::default(),
    }
}

fn found(lane: &Lane, shown: &[(&str, &str)], moved: bool) -> Vec<(String, Finding)> {
    let adapter = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let route = route("main", Arc::new(adapter), Enrol::Identity);
    let items = shown.iter().map(|(name, value)| ReadItem::Field {
        name: (*name).to_owned(),
        value: Json::parse(value.as_bytes()).expect("JSON"),
    });
    let reader = route.adapter.reader().expect("a reader");
    let belief = Belief::of(&route, &user(), lane);
    let findings = belief.compare(reader, &Seen::of(items), moved);
    findings.into_iter().map(|(leaf, finding)| (leaf.name().to_owned(), finding)).collect()
}

/// The vendor has confirmed everything up to this version, for good up to that one.
fn lane(for_good: u64, upto: u64) -> Lane {
    let adapter = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let route = route("main", Arc::new(adapter), Enrol::Identity);
    let mut slots: Vec<_> = confirmed(&route, &user(), upto).iter().cloned().collect();
    slots.iter_mut().filter(|slot| slot.version > for_good).for_each(|slot| slot.in_doubt = true);
    let slots = Slots::of(slots, BTreeMap::new()).expect("in order");
    Lane { state: State::Idle, slots, ..Lane::new(Some("89".to_owned())) }
}

fn told(findings: &[(&str, Finding)]) -> Vec<(String, Finding)> {
    findings.iter().map(|(leaf, finding)| ((*leaf).to_owned(), *finding)).collect()
}

#[test]
fn only_what_a_vendor_has_confirmed_for_good_is_compared() {
    use Finding::{Behind, Differs, NotShown, Same};
    let shown = [("preferred_name", "\"Jo\""), ("email", "\"other@x.org\"")];
    let all = found(&lane(3, 3), &shown, false);
    assert_eq!(all, told(&[("email", Differs), ("nickname", Same), ("phone_number", NotShown)]));
    let suspect = found(&lane(1, 3), &shown, false);
    assert_eq!(suspect, told(&[("email", Behind), ("nickname", Same), ("phone_number", Behind)]));
    let never = found(&lane(0, 0), &shown, false);
    assert_eq!(never, told(&[("email", Behind), ("nickname", Behind), ("phone_number", Behind)]));
}

#[test]
fn a_value_that_was_refused_is_not_compared() {
    let mut lane = lane(3, 3);
    let way = lane.slots.get("email").and_then(|slot| slot.way).expect("confirmed");
    lane.held.insert(Leaf::Email, Hold::new(2, way, HoldReason::Named, 0));
    let found = found(&lane, &[("email", "\"other@x.org\"")], false);
    assert_eq!(found[0], ("email".to_owned(), Finding::Held));
}

#[test]
fn a_difference_that_may_be_an_update_on_its_way_is_none() {
    let shown = [("preferred_name", "\"Jo\""), ("email", "\"other@x.org\"")];
    let found = found(&lane(3, 3), &shown, true);
    assert_eq!(found[..2], told(&[("email", Finding::Behind), ("nickname", Finding::Same)]));
}

#[test]
fn of_a_leaf_the_vendor_keeps_an_old_value_unless_it_differs_besides() {
    use Finding::{Behind, Differs, Held, Kept, KeptNoMore, NotShown, Same};
    for (known, found, told) in [
        (None, Kept, Kept),
        (None, NotShown, NotShown),
        (Some(Same), Kept, Kept),
        (Some(Same), KeptNoMore, Same),
        (Some(Differs), Kept, Differs),
        (Some(Held), Kept, Kept),
        (Some(Held), KeptNoMore, KeptNoMore),
        (Some(Held), NotShown, Held),
        (Some(Behind), KeptNoMore, Behind),
    ] {
        let mut findings: BTreeMap<Leaf, Finding> =
            known.map(|known| (Leaf::Title, known)).into_iter().collect();
        let kept = [("title".into(), KeptFound { leaf: Leaf::Title, finding: found })].into();
        add_kept(&mut findings, &kept);
        assert_eq!(findings, [(Leaf::Title, told)].into(), "{known:?} {found:?}");
    }
}
