//! A refused leaf waits alone.

use super::*;

#[test]
fn a_named_leaf_is_held_and_the_rest_goes_on() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Email, Leaf::PhoneNumber], 0);
    case.attempt(0, rejected(&[Leaf::Email]));
    let rest = case.attempt(200, ok());
    assert_eq!(leaves(&rest), [Leaf::PhoneNumber]);
    assert_eq!((case.lane.state, case.lane.next_at), (State::Wait(WaitCause::HoldRetry), 100 + HOUR));
    case.update(&[Leaf::Email], 500);
    assert!(case.lane.held.is_empty(), "a newer value has not been refused");
    assert_eq!(leaves(&case.claim(500)), [Leaf::Email]);
}

#[test]
fn a_rejection_says_nothing_about_a_value_that_came_meanwhile() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let old = case.claim(0);
    case.update(&[Leaf::Title], 50);
    case.settle(&old, 0, rejected(&[Leaf::Title]));
    assert!(case.lane.held.is_empty());
    assert_eq!(case.claim(200).leaves(), [(Leaf::Title, 3)]);
}

#[test]
fn an_unnamed_rejection_is_isolated_leaf_by_leaf() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Nickname, Leaf::Title, Leaf::Website], 0);
    case.attempt(0, rejected(&[]));
    let mut order = Vec::new();
    for at in 1..4 {
        let one = case.claim(at * 1_000);
        order.extend(leaves(&one));
        let outcome = if leaves(&one) == [Leaf::Title] { rejected(&[]) } else { ok() };
        case.settle(&one, at * 1_000, outcome);
    }
    assert_eq!(order, [Leaf::Nickname, Leaf::Title, Leaf::Website]);
    assert_eq!(case.try_claim(5_000), None);
    assert_eq!(case.lane.held.keys().collect::<Vec<_>>(), [&Leaf::Title]);
    assert!(case.lane.isolating_since.is_none() && is_safe(&case.lane, &Leaf::Website, 2));
}

#[test]
fn a_held_leaf_is_tried_after_an_hour_then_daily_seven_times() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let mut at = 0;
    let mut tries = 0;
    loop {
        case.attempt(at, rejected(&[Leaf::Title]));
        assert_eq!(case.try_claim(at + 200), None);
        let State::Wait(WaitCause::HoldRetry) = case.lane.state else { break };
        tries += 1;
        at = case.lane.next_at;
    }
    assert_eq!((tries, case.lane.state), (7, State::Idle));
    assert!(at > 6 * 24 * HOUR && at < 7 * 24 * HOUR, "{at}");
}

#[test]
fn a_caller_may_have_a_held_value_tried_once_an_hour() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, rejected(&[Leaf::Title]));
    assert_eq!(case.try_claim(200), None);
    case.resend(Leaf::Title, HOUR / 2);
    assert_eq!(case.lane.state, State::Wait(WaitCause::HoldRetry));
    case.resend(Leaf::Title, HOUR + 200);
    assert_eq!(leaves(&case.claim(HOUR + 200)), [Leaf::Title]);
}

#[test]
fn what_was_held_because_of_the_route_is_owed_again() {
    let mut case = Case::in_step(&[Leaf::Nickname]);
    case.update(&[Leaf::Title], 1_000);
    case.attempt(1_000, rejected(&[]));
    assert_eq!(case.try_claim(1_200), None, "the only leaf is held");
    case.rearm(Rearm::RoutePaused { holds_since: 500 }, 2_000);
    assert_eq!(case.claim(2_000).leaves(), [(Leaf::Title, 2)]);
}

#[test]
fn an_isolation_that_went_on_past_a_hold_that_is_dropped_begins_anew() {
    let mut case = Case::in_step(&[Leaf::Nickname]);
    case.update(&[Leaf::Department, Leaf::Title], 1_000);
    for at in [1_000, 1_200] {
        case.attempt(at, rejected(&[]));
    }
    let held = &case.lane.held;
    assert!(held.contains_key(&Leaf::Title) != held.contains_key(&Leaf::Department), "{:?}", case.lane);
    case.rearm(Rearm::RoutePaused { holds_since: 500 }, 2_000);
    assert_eq!(leaves(&case.claim(2_000)), [Leaf::Department, Leaf::Title]);
}
