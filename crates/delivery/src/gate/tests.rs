use std::time::Duration;

use super::*;
use crate::Rate;

fn limits(concurrency: u32) -> Limits {
    Limits {
        concurrency,
        rate: Rate::Unlimited,
        rate_key: "test".to_owned(),
        timeout: Duration::from_secs(15),
        settle: Duration::from_secs(60),
        apply_window: None,
    }
}

fn gate() -> Gate {
    Gate { fresh: false, ..Gate::new(&limits(16), 0) }
}

fn ended(lane: i64, sample: Sample, now: Millis) -> Ended {
    Ended { lane, attempt: 0, sample, now, jitter: 0.5 }
}

fn attempt(gate: &mut Gate, lane: i64, sample: Sample, now: Millis) -> Vec<Action> {
    gate.admit(now).expect("admitted");
    gate.settle(ended(lane, sample, now))
}

#[test]
fn permits_are_given_back_and_grow_with_success_at_the_limit() {
    let mut gate = gate();
    for _ in 0..4 {
        gate.admit(0).expect("the first four");
    }
    assert_eq!(gate.admit(0), Err(Refusal::Concurrency));
    for lane in 0..4 {
        gate.settle(ended(lane, Sample::Success, 0));
    }
    assert_eq!(gate.concurrency().0, 0);
    for _ in 0..200 {
        while gate.admit(0).is_ok() {}
        for lane in 0..i64::from(gate.concurrency().0) {
            gate.settle(ended(lane, Sample::Success, 0));
        }
    }
    assert_eq!(gate.concurrency(), (0, 16));
}

#[test]
fn congestion_halves_the_limit_once_per_timeout() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Failure, 0);
    attempt(&mut gate, 1, Sample::Failure, 1);
    assert_eq!(gate.concurrency().1, 2);
    attempt(&mut gate, 1, Sample::Failure, 20_000);
    assert_eq!(gate.concurrency().1, 1);
}

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
fn a_second_refused_credential_pauses_the_route_until_a_probe_works() {
    let mut gate = gate();
    assert_eq!(attempt(&mut gate, 1, Sample::Unauthenticated, 0), [Action::RereadCredential]);
    let actions = attempt(&mut gate, 2, Sample::Unauthenticated, 0);
    let pause = Pause { reason: PauseReason::Auth, probe_at: Some(60_000), probes: 0 };
    assert_eq!((actions, gate.pause()), (vec![Action::RereadCredential, Action::Pause], Some(pause)));
    assert_eq!(gate.admit(1_000), Err(Refusal::Paused(Some(60_000))));
    attempt(&mut gate, 1, Sample::Unauthenticated, 60_000);
    assert_eq!(gate.pause().expect("still").probe_at, Some(60_000 + 300_000));
    let actions = attempt(&mut gate, 1, Sample::Success, 400_000);
    assert_eq!(actions, [Action::Resume, Action::RouteWorks, Action::Release]);
    assert_eq!(gate.pause(), None);
}

#[test]
fn the_first_success_after_a_new_configuration_lets_the_forbidden_try_again() {
    let mut gate = gate();
    assert_eq!(attempt(&mut gate, 1, Sample::Success, 0), []);
    gate.reconfigured(&limits(16), 1);
    assert_eq!(attempt(&mut gate, 1, Sample::Success, 2), [Action::RouteWorks]);
    assert_eq!(attempt(&mut gate, 1, Sample::Success, 3), []);
}

#[test]
fn an_answer_about_another_person_pauses_the_route_until_somebody_resumes_it() {
    let mut gate = gate();
    let actions = attempt(&mut gate, 1, Sample::WrongSubject, 0);
    let pause = Pause { reason: PauseReason::Config, probe_at: None, probes: 0 };
    assert_eq!((actions, gate.pause()), (vec![Action::Pause], Some(pause)));
    assert_eq!(gate.admit(Millis::MAX / 2), Err(Refusal::Paused(None)));
    gate.set_pause(None);
    assert_eq!(gate.admit(0), Ok(()));
}

#[test]
fn three_lanes_refused_without_a_reason_are_the_routes_fault() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Success, 5);
    for lane in [1, 1, 2] {
        assert_eq!(attempt(&mut gate, lane, Sample::RejectedUnnamed, 10), []);
    }
    let actions = attempt(&mut gate, 3, Sample::RejectedUnnamed, 10);
    assert_eq!(actions[0], Action::PutBackRejected { since: 5 });
    assert_eq!(
        (actions[1], gate.pause().map(|pause| pause.reason)),
        (Action::Pause, Some(PauseReason::Config))
    );
}

#[test]
fn unknown_people_pause_only_a_route_that_has_never_worked() {
    let mut fresh = gate();
    for lane in 0..19 {
        assert_eq!(attempt(&mut fresh, lane, Sample::NotFound, 0), []);
    }
    assert_eq!(attempt(&mut fresh, 19, Sample::NotFound, 0), [Action::Pause]);
    let mut worked = gate();
    attempt(&mut worked, 0, Sample::Success, 0);
    for lane in 0..40 {
        assert_eq!(attempt(&mut worked, lane, Sample::NotFound, 0), []);
    }
}

#[test]
fn a_vendor_that_asks_for_a_pause_gets_it() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(30))), 0);
    assert_eq!(gate.admit(29_000), Err(Refusal::Throttled(31_500)));
    attempt(&mut gate, 1, Sample::Throttled(None), 31_500);
    assert!(gate.admit(32_000).is_err());
    assert!(gate.admit(40_000).is_ok());
}

#[test]
fn retries_are_a_fifth_of_first_attempts_and_one_a_second() {
    let mut gate = gate();
    assert_eq!(gate.retries_allowed(0), 0);
    assert_eq!(gate.retries_allowed(5_000), 5);
    gate.claimed(100, 5, 5_000);
    assert_eq!(gate.retries_allowed(5_000), 20);
    gate.claimed(0, 20, 5_000);
    gate.admit(5_000).expect("admitted");
    gate.settle(Ended { attempt: 3, ..ended(1, Sample::Success, 5_000) });
    assert_eq!(gate.retries_allowed(5_000), 1, "a retry that works costs nothing");
}

#[test]
fn a_bucket_gives_its_rate_and_one_second_at_once() {
    let mut bucket = Bucket::new(Rate::PerSecond(5.0));
    let taken = (0..20).filter(|_| bucket.take(0).is_ok()).count();
    assert_eq!(taken, 5);
    assert_eq!(bucket.take(0), Err(200));
    assert_eq!(bucket.take(200), Ok(()));
    let mut slow = Bucket::new(Rate::PerSecond(0.5));
    assert_eq!((slow.take(0), slow.take(0)), (Ok(()), Err(2_000)));
    let mut unlimited = Bucket::new(Rate::Unlimited);
    assert!((0..1_000).all(|_| unlimited.take(0).is_ok()));
}

/// A gate with several requests under way.
fn busy(requests: u32) -> Gate {
    let mut gate = gate();
    (0..requests).for_each(|_| gate.admit(0).expect("admitted"));
    gate
}

#[test]
fn what_was_under_way_when_a_route_was_paused_does_not_change_the_pause() {
    for (first, then) in [
        (Sample::WrongSubject, Sample::Success),
        (Sample::WrongSubject, Sample::Failure),
        (Sample::WrongSubject, Sample::Tls),
    ] {
        let mut gate = busy(3);
        gate.settle(ended(1, first, 0));
        let pause = gate.pause();
        gate.settle(ended(2, then, 1));
        assert_eq!(gate.pause(), pause, "{first:?} then {then:?}");
    }
    let mut gate = busy(2);
    let operator = Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 };
    gate.set_pause(Some(operator));
    gate.settle(ended(1, Sample::Tls, 0));
    gate.settle(ended(2, Sample::Unauthenticated, 0));
    assert_eq!(gate.pause(), Some(operator));
}

#[test]
fn answers_to_requests_that_were_under_way_together_count_once() {
    let mut gate = busy(4);
    (1..=4).for_each(|lane| drop(gate.settle(ended(lane, Sample::Unauthenticated, 0))));
    assert_eq!(
        gate.pause().and_then(|pause| pause.probe_at),
        Some(60_000),
        "the first probe comes after a minute"
    );
    let mut gate = busy(4);
    (1..=4)
        .for_each(|lane| drop(gate.settle(Ended { jitter: 0.0, ..ended(lane, Sample::Throttled(None), 0) })));
    assert_eq!(gate.throttled_until(0), Some(1_000));
}

#[test]
fn a_probe_that_finds_the_credential_in_order_opens_the_route_whatever_it_finds_of_the_person() {
    for sample in [Sample::NotFound, Sample::Answered, Sample::RejectedUnnamed] {
        let mut gate = gate();
        attempt(&mut gate, 1, Sample::Unauthenticated, 0);
        attempt(&mut gate, 2, Sample::Unauthenticated, 0);
        attempt(&mut gate, 3, sample, 60_000);
        assert_eq!(gate.pause(), None, "{sample:?}");
    }
}

#[test]
fn while_a_probe_is_out_nobody_is_told_to_ask_again_at_a_time_that_has_passed() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Unauthenticated, 0);
    attempt(&mut gate, 2, Sample::Unauthenticated, 0);
    gate.admit(60_000).expect("the probe");
    assert_eq!(gate.admit(61_000), Err(Refusal::Paused(None)));
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

#[test]
fn a_wall_before_the_vendor_is_asked_less_and_less() {
    let mut gate = gate();
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..6 {
        attempt(&mut gate, 1, Sample::Misdirected, now);
        let until = gate.throttled_until(now).expect("throttled");
        waits.push((until - now) / 60_000);
        now = until;
    }
    assert_eq!(waits, [1, 2, 4, 8, 15, 15]);
}

#[test]
fn resuming_a_route_ends_a_pause_that_the_vendor_asked_for() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(86_400))), 0);
    assert!(gate.admit(1).is_err());
    gate.set_pause(None);
    assert_eq!(gate.admit(1), Ok(()));
}
