//! What may have been lost is asserted once more when no lost request can land any more.

use super::*;

#[test]
fn after_an_unknown_outcome_everything_since_is_asserted_once_more() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, unknown(0));
    assert_eq!(case.lane.state, State::Wait(WaitCause::Outage));
    case.update(&[Leaf::Nickname], 100);
    assert_eq!(case.lane.state, State::Wait(WaitCause::Outage), "a backoff is not shortened by an update");
    let second = case.attempt(2_000, ok());
    assert_eq!(leaves(&second), [Leaf::Title, Leaf::Nickname]);
    assert_eq!((case.lane.state, case.lane.next_at), (State::Wait(WaitCause::Verify), WINDOW));
    assert!(!is_safe(&case.lane, &Leaf::Title, 2), "the lost request may still overwrite it");
    assert!(is_safe(&case.lane, &Leaf::Nickname, 3), "the lost request did not carry it");
    let verify = case.attempt(WINDOW, ok());
    assert_eq!(leaves(&verify), [Leaf::Title]);
    assert_eq!((case.lane.state, case.lane.suspect_until), (State::Idle, None));
    assert!(is_safe(&case.lane, &Leaf::Title, 2));
}

#[test]
fn suspicion_ends_by_when_the_request_was_started_and_not_by_when_it_was_answered() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, unknown(0));
    let second = case.claim(WINDOW - 1);
    let sent = sent(&second, &case.user);
    let settle = settle(&second, WINDOW - 1, sent, ok());
    case.apply(Event::Settle(settle), WINDOW + 5_000);
    assert!(!is_safe(&case.lane, &Leaf::Title, 2));
    assert_eq!(leaves(&case.claim(WINDOW + 6_000)), [Leaf::Title]);
}

#[test]
fn a_lane_with_nothing_but_held_leaves_stays_suspect_until_no_lost_request_can_land() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, unknown(0));
    case.update(&[Leaf::Title], 100);
    case.attempt(2_000, rejected(&[Leaf::Title]));
    assert_eq!(case.try_claim(2_100), None);
    assert_eq!((case.lane.state, case.lane.suspect_until), (State::Wait(WaitCause::HoldRetry), Some(WINDOW)));
    let slot = case.lane.slots.get("title").expect("known");
    assert!(slot.in_doubt && slot.stands, "the lost value may still arrive");
}

#[test]
fn a_vendor_that_queues_is_told_once_more_after_two_requests_in_a_short_time() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 1_000);
    let subject = SubjectFact { candidate: None, taken: false, apply_window: Some(600_000), began: 0 };
    let second = case.try_claim_as(subject.clone(), 1_000).expect("something to send");
    case.settle(&second, 1_000, ok());
    assert_eq!((case.lane.state, case.lane.next_at), (State::Wait(WaitCause::Verify), 601_000));
    let verify = case.try_claim_as(subject, 601_000).expect("something to send");
    case.settle(&verify, 601_000, ok());
    assert_eq!(case.lane.state, State::Idle);
}

#[test]
fn what_was_asked_for_during_an_attempt_that_ended_with_the_process_goes_out_once() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.claim(0);
    case.rearm(Rearm::Resync, 10);
    case.start(1_000);
    case.attempt(3_000, ok());
    assert_eq!((case.lane.state, case.lane.next_at), (State::Wait(WaitCause::Verify), 1_000 + WINDOW));
    case.attempt(1_000 + WINDOW, ok());
    assert_eq!(case.lane.state, State::Idle);
}
