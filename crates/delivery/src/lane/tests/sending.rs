//! What is owed is sent, each version once.

use super::*;

#[test]
fn fifty_updates_become_one_request_with_the_newest_version() {
    let mut case = Case::new();
    for _ in 0..50 {
        case.update(&[Leaf::Title], 0);
    }
    let only = case.attempt(0, ok());
    assert_eq!(only.leaves(), [(Leaf::Title, 50)]);
    assert_eq!(case.lane.state, State::Idle);
    assert!(is_safe(&case.lane, &Leaf::Title, 50));
}

#[test]
fn an_update_that_comes_while_a_request_is_in_flight_is_not_lost() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 10);
    let first = case.claim(10);
    case.update(&[Leaf::Nickname], 20);
    assert_eq!(case.lane.state, State::InFlight);
    case.settle(&first, 10, ok());
    assert_eq!(case.lane.state, State::Ready);
    assert_eq!(leaves(&case.claim(200)), [Leaf::Nickname]);
}

#[test]
fn an_answer_to_an_older_claim_changes_nothing() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let old = case.claim(0);
    case.start(10);
    let new = case.claim(5_000);
    let before = case.lane.clone();
    assert_eq!(case.settle(&old, 0, ok()), Effect::Stale);
    assert_eq!(case.lane, before);
    case.settle(&new, 5_000, ok());
    assert!(case.lane.is_suspect());
}

#[test]
fn a_retry_asked_for_in_flight_is_carried_out_by_the_settle() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let first = case.claim(0);
    case.rearm(Rearm::Resync, 10);
    assert_eq!((case.lane.state, case.lane.again), (State::InFlight, Again::Resync));
    case.settle(&first, 0, ok());
    assert_eq!((case.lane.state, case.lane.priority), (State::Ready, Priority::Bulk));
    assert_eq!(leaves(&case.claim(200)), [Leaf::Title]);
}
