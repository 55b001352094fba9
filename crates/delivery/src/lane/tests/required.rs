//! Leaves that a vendor needs with every request.

use super::*;

#[test]
fn a_missing_required_leaf_blocks_and_the_update_that_brings_it_releases() {
    let mut case = Case::new();
    case.user.require(Leaf::Email, None);
    case.update(&[Leaf::PhoneNumber], 0);
    assert_eq!(case.try_claim(0), None);
    assert_eq!(case.lane.state, State::Blocked(BlockReason::NeedsData));
    assert_eq!(case.lane.blocked_leaves, [Leaf::Email]);
    case.user.require(Leaf::Email, Some("jane@x.org"));
    case.update(&[Leaf::Email], 100);
    assert_eq!(leaves(&case.claim(100)), [Leaf::Email, Leaf::PhoneNumber]);
}

#[test]
fn a_lane_that_was_blocked_for_long_does_not_expire_at_its_first_failure() {
    let mut case = Case::new();
    case.user.require(Leaf::Email, None);
    case.update(&[Leaf::PhoneNumber], 0);
    assert_eq!(case.try_claim(0), None);
    case.user.require(Leaf::Email, Some("jane@x.org"));
    case.update(&[Leaf::Email], 29 * 24 * HOUR);
    assert_eq!((case.lane.state, case.lane.first_fail_at), (State::Ready, None));
}

#[test]
fn required_leaves_go_along_from_the_profile() {
    let mut case = Case::with_email("jane@x.org");
    case.update(&[Leaf::PhoneNumber], 0);
    let second = case.claim(0);
    assert_eq!(leaves(&second), [Leaf::PhoneNumber]);
    assert!(fillers(&second) == [(Leaf::Email, Filler::Profile(json!("jane@x.org")))]);
}

#[test]
fn a_held_required_leaf_goes_along_with_its_last_confirmed_value() {
    let mut case = Case::with_email("old@x.org");
    case.user.require(Leaf::Email, Some("taken@x.org"));
    case.update(&[Leaf::Email, Leaf::PhoneNumber], 0);
    case.attempt(0, rejected(&[Leaf::Email]));
    let rest = case.claim(200);
    assert_eq!(leaves(&rest), [Leaf::PhoneNumber]);
    assert!(fillers(&rest) == [(Leaf::Email, Filler::Confirmed(json!("old@x.org")))]);
}

#[test]
fn a_cleared_required_leaf_goes_along_with_its_last_confirmed_value() {
    let mut case = Case::with_email("jane@x.org");
    case.user.carried.remove(&Leaf::Email);
    case.user.require(Leaf::Email, None);
    case.update(&[Leaf::PhoneNumber], 0);
    assert!(fillers(&case.claim(0)) == [(Leaf::Email, Filler::Confirmed(json!("jane@x.org")))]);
}

#[test]
fn a_refused_leaf_that_only_went_along_is_replaced_or_blocks() {
    let mut case = Case::with_email("jane@x.org");
    case.update(&[Leaf::PhoneNumber], 0);
    case.attempt(0, rejected(&[Leaf::Email]));
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected), "there is no other value to send");
}

#[test]
fn a_refused_filler_that_nothing_can_replace_blocks_and_is_not_repeated() {
    let mut case = Case::with_email("old@x.org");
    case.user.require(Leaf::Email, Some("new@x.org"));
    case.update(&[Leaf::Department, Leaf::Email], 0);
    case.attempt(0, rejected(&[]));
    assert_eq!(
        leaves(&case.attempt(100, rejected(&[]))),
        [Leaf::Email],
        "what goes with everything is tried first"
    );
    let one = case.attempt(200, rejected(&[Leaf::Email]));
    assert!(fillers(&one) == [(Leaf::Email, Filler::Confirmed(json!("old@x.org")))]);
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected));
}

/// The first e-mail address is refused by name, and so there is nothing to send.
fn with_refused_first_email() -> Case {
    let mut case = Case::new();
    case.user.require(Leaf::Email, Some("taken@x.org"));
    case.update(&[Leaf::Email, Leaf::PhoneNumber], 0);
    case.attempt(0, rejected(&[Leaf::Email]));
    assert_eq!(case.try_claim(200), None);
    case
}

#[test]
fn a_refused_first_value_of_a_required_leaf_blocks_until_a_carried_leaf_changes() {
    let mut case = with_refused_first_email();
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected));
    assert_eq!(case.lane.blocked_leaves, [Leaf::Email]);
    case.accept(&[Leaf::Website], 300);
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Rejected), "the route does not carry that leaf");
    case.user.require(Leaf::Email, Some("free@x.org"));
    case.update(&[Leaf::Email], 400);
    assert_eq!(leaves(&case.claim(400)), [Leaf::Email, Leaf::PhoneNumber]);
}

#[test]
fn a_refused_first_value_that_blocks_is_tried_by_itself_and_when_it_is_sent_again() {
    for by_time in [true, false] {
        let mut case = with_refused_first_email();
        if by_time {
            case.rearm(Rearm::Due, HOUR + 200);
        } else {
            case.resend(Leaf::Email, HOUR + 200);
        }
        assert_eq!(leaves(&case.claim(HOUR + 200)), [Leaf::Email, Leaf::PhoneNumber]);
    }
}
