use std::sync::Arc;

use adapter::ReadItem;
use canonical::{Json, Patch, Profile, Rules};
use serde_json::json;

use super::*;
use crate::{
    Enrol,
    lane::{Hold, HoldReason, State},
    testing::route,
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
    UserRow { incarnation: 1, version: 3, profile: Arc::new(profile), erased_at: None, updated_at: 0 }
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

fn lane(floor: u64, acked: u64) -> Lane {
    Lane { state: State::Idle, want: 3, sent: 3, acked, floor, ..Lane::new(Some("89".to_owned())) }
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
    lane.held.insert(Leaf::Email, Hold::new(2, HoldReason::Named, 0));
    let found = found(&lane, &[("email", "\"other@x.org\"")], false);
    assert_eq!(found[0], ("email".to_owned(), Finding::Held));
}

#[test]
fn a_difference_that_may_be_an_update_on_its_way_is_none() {
    let shown = [("preferred_name", "\"Jo\""), ("email", "\"other@x.org\"")];
    let found = found(&lane(3, 3), &shown, true);
    assert_eq!(found[..2], told(&[("email", Finding::Behind), ("nickname", Finding::Same)]));
}
