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

/// A route of which so many attempts have succeeded and failed in turn, and at last three failed on these lanes at `now`.
fn half_failing(successes: usize, failures: usize, lanes: [i64; 3], now: Millis) -> Gate {
    let mut gate = gate();
    for at in 0..successes.max(failures) {
        if at < failures {
            attempt(&mut gate, 9, Sample::Failure, 0);
        }
        if at < successes {
            attempt(&mut gate, 9, Sample::Success, 0);
        }
    }
    for lane in lanes {
        assert_eq!(gate.breaker_open_until(), None, "not before the last one");
        attempt(&mut gate, lane, Sample::Failure, now);
    }
    gate
}

#[test]
fn half_of_twenty_attempts_within_thirty_seconds_open_the_breaker_although_others_succeed() {
    let lanes = [1, 2, 3];
    assert!(half_failing(10, 7, lanes, 0).breaker_open_until().is_some());
    assert!(half_failing(10, 7, lanes, 30_000).breaker_open_until().is_some(), "still of one window");
    for (gate, why) in [
        (half_failing(9, 7, lanes, 0), "of 19 nothing is concluded"),
        (half_failing(11, 7, lanes, 0), "more than half succeeded"),
        (half_failing(10, 7, [1, 2, 1], 0), "two lanes say more about themselves"),
        (half_failing(10, 7, lanes, 30_001), "what is older says nothing any more"),
    ] {
        assert_eq!(gate.breaker_open_until(), None, "{why}");
    }
}

#[test]
fn the_breaker_opens_for_five_minutes_at_most_and_begins_anew_after_a_recovery() {
    let open = |gate: &mut Gate, now| {
        (0..5).for_each(|lane| drop(attempt(gate, lane, Sample::Failure, now)));
        gate.breaker_open_until().expect("open")
    };
    let mut gate = gate();
    let mut now = open(&mut gate, 0);
    let mut seconds = vec![now / 1_000];
    for _ in 0..7 {
        attempt(&mut gate, 7, Sample::Failure, now);
        let until = gate.breaker_open_until().expect("open");
        seconds.push((until - now) / 1_000);
        now = until;
    }
    assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 300, 300]);
    attempt(&mut gate, 7, Sample::Success, now);
    assert_eq!(open(&mut gate, now) - now, 5_000);
}

#[test]
fn lanes_that_keep_failing_while_the_others_succeed_do_not_open_the_breaker() {
    let opens = |attempt: u32, successes: i64| {
        let mut gate = gate();
        (0..successes).for_each(|lane| drop(super::attempt(&mut gate, lane, Sample::Success, 0)));
        for lane in 0..5 {
            gate.admit(0).expect("admitted");
            gate.settle(Ended { attempt, ..ended(-lane, Sample::Failure, 0) });
        }
        gate.breaker_open_until().is_some()
    };
    assert!(!opens(5, 9), "poisoned, all of them");
    assert!(opens(4, 9), "not yet");
    assert!(opens(5, 0), "nobody else succeeds");
}
