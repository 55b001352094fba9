//! The breaker.

use super::*;

#[test]
fn five_failures_on_three_lanes_open_the_breaker_and_one_probe_closes_it() {
    let mut gate = gate();
    for (at, lane) in [(0, 1), (1, 2), (2, 3), (3, 1), (4, 2)] {
        attempt(&mut gate, lane, Sample::Failure, at);
    }
    let until = gate.breaker_open_until().expect("open");
    assert_eq!(gate.admit(10), Err(Refusal::Breaker(until)));
    gate.admit(until).expect("the probe");
    assert!(matches!(gate.admit(until), Err(Refusal::Breaker(_))));
    let actions = gate.settle(ended(9, Sample::Success, until));
    assert_eq!(actions, [Action::Release]);
    assert_eq!(gate.breaker_open_until(), None);
    assert_eq!(gate.concurrency().1, 2, "slow start: one, then two");
}

#[test]
fn a_failed_probe_opens_the_breaker_for_longer() {
    let mut gate = gate();
    for lane in 0..5 {
        attempt(&mut gate, lane, Sample::Failure, 0);
    }
    let first = gate.breaker_open_until().expect("open");
    attempt(&mut gate, 7, Sample::Failure, first);
    assert_eq!(gate.breaker_open_until().expect("open") - first, 2 * first);
}

#[test]
fn an_operator_has_the_probe_sent_before_its_time() {
    let mut gate = gate();
    assert_eq!(gate.probe(0), Probe::NothingToFindOut);
    (0..5).for_each(|lane| drop(attempt(&mut gate, lane, Sample::Failure, 0)));
    assert!(matches!(gate.admit(1), Err(Refusal::Breaker(_))));
    assert_eq!(gate.probe(1), Probe::Begun);
    gate.admit(1).expect("the probe");
    assert!(gate.is_probing());
    assert!(matches!(gate.admit(1), Err(Refusal::Breaker(_))), "one at a time");
    gate.settle(ended(9, Sample::Success, 2));
    assert_eq!(gate.breaker_open_until(), None);
}

#[test]
fn one_poisoned_lane_does_not_open_the_breaker() {
    let mut gate = gate();
    for at in 0..100 {
        attempt(&mut gate, at, Sample::Success, at);
        gate.admit(at).expect("admitted");
        gate.settle(Ended { attempt: 5, ..ended(-1, Sample::Failure, at) });
    }
    assert_eq!(gate.breaker_open_until(), None);
}

#[test]
fn any_answer_of_the_vendor_ends_an_outage() {
    let mut gate = gate();
    (0..5).for_each(|lane| drop(attempt(&mut gate, lane, Sample::Failure, 0)));
    let until = gate.breaker_open_until().expect("open");
    assert!(attempt(&mut gate, 9, Sample::NotFound, until).contains(&Action::Release));
    assert_eq!(gate.breaker_open_until(), None);
}

#[test]
fn one_failing_lane_releases_nobody_from_a_backoff() {
    let mut gate = gate();
    for at in 0..50 {
        attempt(&mut gate, -1, Sample::Failure, at);
        assert_eq!(attempt(&mut gate, at, Sample::Success, at), []);
    }
}
