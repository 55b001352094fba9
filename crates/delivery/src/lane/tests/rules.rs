//! A confirmation is of a field, a version and a way; what changes one of them makes the field owed.

use super::*;

const OTHER: Fingerprint = Fingerprint::of_number(8);

impl Case {
    /// The route puts a leaf into another field, or into the same one in another way.
    fn remap(&mut self, leaf: &Leaf, slot: &str, way: Fingerprint) {
        let carried = self.user.carried.get_mut(leaf).expect("carried");
        (carried.slot, carried.way) = (slot.into(), way);
    }

    fn kept(&self, owner: &str) -> Vec<(String, bool)> {
        let facts = self.user.facts();
        let owner = |slot: &str| (slot == owner).then_some(Leaf::Title);
        let present = |leaf: &Leaf| self.user.carried.get(leaf).map(|carried| carried.version);
        kept(&self.lane, &facts, owner, present)
            .map(|kept| (kept.slot.to_string(), kept.is_certain))
            .collect()
    }
}

#[test]
fn a_leaf_that_gets_another_name_is_owed_although_its_value_is_confirmed() {
    for (slot, way) in [("job_title", WAY), ("title", OTHER)] {
        let mut case = Case::in_step(&[Leaf::Title]);
        case.remap(&Leaf::Title, slot, way);
        case.rearm(Rearm::Mapping, 0);
        assert_eq!((case.lane.state, case.lane.priority), (State::Ready, Priority::Bulk));
        assert_eq!(leaves(&case.claim(0)), [Leaf::Title]);
    }
}

#[test]
fn a_value_under_an_old_name_is_kept_until_somebody_sees_that_it_is_not() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.remap(&Leaf::Title, "job_title", OTHER);
    case.update(&[], 0);
    case.attempt(0, ok());
    case.user.carried.insert(
        Leaf::Title,
        Assertion { slot: "job_title".into(), way: OTHER, ..assertion(&Leaf::Title, 3) },
    );
    case.accept(&[Leaf::Title], 10);
    case.attempt(10, ok());
    assert_eq!(case.kept("job_title"), [("title".to_owned(), true)]);
    let slots = vec!["title".into()];
    case.rearm(Rearm::KeptNoMore { slots: slots.clone(), epoch: Some(0) }, 20);
    assert_eq!(case.kept("job_title").len(), 1, "it was looked at before a later claim");
    case.rearm(Rearm::KeptNoMore { slots, epoch: None }, 20);
    assert_eq!(case.kept("job_title"), []);
}

#[test]
fn what_was_refused_under_another_name_is_tried_under_this_one() {
    let mut case = Case::in_step(&[Leaf::Nickname]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    assert_eq!(case.try_claim(200), None);
    case.remap(&Leaf::Title, "job_title", OTHER);
    case.rearm(Rearm::Mapping, 300);
    assert_eq!(leaves(&case.claim(300)), [Leaf::Title]);
}

#[test]
fn a_pass_that_meets_an_attempt_half_way_is_made_up_for_after_it() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let under_way = case.claim(0);
    case.remap(&Leaf::Title, "job_title", OTHER);
    case.rearm(Rearm::Mapping, 10);
    case.settle(&under_way, 0, ok());
    assert_eq!(leaves(&case.claim(200)), [Leaf::Title]);
}

#[test]
fn another_place_has_confirmed_nothing_and_gets_no_old_value() {
    let mut case = Case::with_email("old@x.org");
    case.user.place = Some(OTHER);
    case.rearm(Rearm::Mapping, 0);
    assert_eq!(leaves(&case.claim(0)), [Leaf::Email]);
    assert_eq!(case.lane.confirmed_value(&Leaf::Email), None, "it was confirmed elsewhere");
}

#[test]
fn an_answer_from_the_place_before_confirms_nothing() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let old = case.claim(0);
    case.user.place = Some(OTHER);
    case.rearm(Rearm::Mapping, 10);
    case.settle(&old, 0, ok());
    assert!(!is_safe(&case.lane, &Leaf::Title, 2));
    assert_eq!(leaves(&case.claim(200)), [Leaf::Title]);
}

#[test]
fn a_set_with_nothing_to_add_and_nothing_of_ours_is_nothing_to_send() {
    let mut case = Case::new();
    case.user.members.insert(Leaf::Tags, BTreeSet::new());
    case.update(&[Leaf::Tags], 0);
    assert_eq!((case.lane.state, case.lane.pinned), (State::Idle, false));
    assert!(!case.lane.slots.has_confirmed());
}

#[test]
fn an_adapter_that_has_no_request_confirms_nothing_and_is_not_asked_again() {
    let mut case = Case::new();
    case.update(&[Leaf::Title], 0);
    case.attempt(0, Outcome::NothingToSend);
    assert_eq!(
        (case.lane.state, case.lane.pinned, case.lane.slots.has_confirmed()),
        (State::Idle, false, false)
    );
    case.update(&[Leaf::Title], 10);
    assert_eq!(case.claim(10).leaves(), [(Leaf::Title, 2)]);
}

#[test]
fn an_attempt_that_was_half_applied_leaves_a_doubt() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let claim = case.claim(0);
    let Outcome::Unknown { failure, .. } = unknown(0) else { unreachable!("by construction") };
    let half = Settle {
        is_partly_applied: true,
        ..settle(&claim, 0, sent(&claim, &case.user), Outcome::NotApplied { failure })
    };
    case.apply(Event::Settle(half), 100);
    assert!(case.lane.slots.get("title").is_some_and(|slot| slot.in_doubt && slot.stands));
}

#[test]
fn an_isolation_of_a_new_person_begins_with_all_that_goes_with_every_request() {
    let mut case = Case::new();
    for leaf in [Leaf::Email, Leaf::GivenName] {
        case.user.require(leaf, Some("x"));
    }
    case.update(&[Leaf::Department, Leaf::Email, Leaf::GivenName, Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    assert_eq!(leaves(&case.attempt(200, ok())), [Leaf::Email, Leaf::GivenName]);
    assert_eq!(leaves(&case.attempt(400, rejected(&[]))), [Leaf::Department]);
    assert_eq!(leaves(&case.attempt(600, ok())), [Leaf::Title]);
    assert_eq!(case.lane.held.keys().collect::<Vec<_>>(), [&Leaf::Department]);
}

#[test]
fn a_vendor_that_refuses_every_leaf_alone_refuses_something_else() {
    let mut case = Case::new();
    case.update(&[Leaf::Department, Leaf::Nickname, Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    for at in [200, 400] {
        case.attempt(at, rejected(&[]));
        assert_eq!(case.lane.state, State::Ready, "not all of them were tried");
    }
    case.attempt(600, rejected(&[]));
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected));
    assert_eq!(case.lane.blocked_leaves, [Leaf::Department, Leaf::Nickname, Leaf::Title]);
    // Somebody puts the identity right: everything goes out.
    case.rearm(Rearm::Retry, 800);
    case.attempt(1_000, ok());
    assert_eq!((case.lane.state, case.lane.held.is_empty()), (State::Idle, true));
}

#[test]
fn a_leaf_that_is_refused_alone_is_held_where_the_vendor_takes_another_one() {
    for taken in 0..3 {
        let mut case = Case::new();
        case.update(&[Leaf::Department, Leaf::Nickname, Leaf::Title], 0);
        case.attempt(0, rejected(&[]));
        for step in 0..3 {
            let outcome = if step == taken { ok() } else { rejected(&[]) };
            case.attempt(200 + step * 200, outcome);
        }
        let waits = matches!(case.lane.state, State::Ready | State::Wait(WaitCause::HoldRetry));
        assert!(waits, "{:?}", case.lane);
        assert_eq!(case.lane.held.len(), 2);
    }
}

#[test]
fn required_leaves_that_are_refused_together_block_and_are_not_repeated() {
    let mut case = Case::new();
    for leaf in [Leaf::Email, Leaf::GivenName] {
        case.user.require(leaf, Some("x"));
    }
    case.update(&[Leaf::Email, Leaf::GivenName, Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    case.attempt(200, rejected(&[]));
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected));
    assert_eq!(case.lane.blocked_leaves, [Leaf::Email, Leaf::GivenName]);
}

#[test]
fn a_row_of_an_older_schema_is_assumed_and_not_believed() {
    let mut case = Case::in_step(&[Leaf::Title, Leaf::Nickname]);
    case.update(&[Leaf::Nickname], 0);
    case.lane.slots = Slots::default();
    case.lane.watermark = Some(Watermark { acked: 1, floor: 1, times: vec![(1, 50)] });
    case.user.uncarried = vec![(Leaf::PhoneNumber, "phone".into())];
    case.rearm(Rearm::Mapping, 100);
    let slot = |name: &str| case.lane.slots.get(name).expect("known").clone();
    assert_eq!((slot("title").version, slot("title").at, slot("title").is_assumed), (1, 50, true));
    assert_eq!((slot("nickname").version, slot("nickname").in_doubt), (0, true), "it was owed");
    assert!(slot("phone").stands && slot("phone").in_doubt, "nobody knows whether it was ever sent");
    assert_eq!((case.lane.watermark.clone(), case.lane.known_since), (None, 2));
}
