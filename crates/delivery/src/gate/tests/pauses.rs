//! What pauses a route, and what ends the pause.

use super::*;

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
    let pause = Pause { reason: PauseReason::WrongSubject, probe_at: None, probes: 0 };
    assert_eq!((actions, gate.pause()), (vec![Action::Pause], Some(pause)));
    assert_eq!(gate.admit(Millis::MAX / 2), Err(Refusal::Paused(None)));
    gate.set_pause(None);
    assert_eq!(gate.admit(0), Ok(()));
}

#[test]
fn a_paused_route_is_probed_at_once_unless_somebody_has_to_resume_it() {
    let mut gate = gate();
    (1..=2).for_each(|lane| drop(attempt(&mut gate, lane, Sample::Unauthenticated, 0)));
    assert_eq!(gate.admit(10), Err(Refusal::Paused(Some(60_000))));
    assert_eq!(gate.probe(10), Probe::Begun);
    attempt(&mut gate, 1, Sample::Success, 10);
    assert_eq!(gate.pause(), None);
    gate.set_pause(Some(Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 }));
    assert_eq!(gate.probe(11), Probe::Stopped);
    assert_eq!(gate.admit(12), Err(Refusal::Paused(None)));
}

#[test]
fn an_answer_about_another_person_counts_whatever_the_route_is_paused_for() {
    for reason in [PauseReason::Auth, PauseReason::Config, PauseReason::Operator] {
        let mut gate = busy(3);
        gate.set_pause(Some(Pause { reason, probe_at: Some(60_000), probes: 0 }));
        let actions = gate.settle(ended(1, Sample::WrongSubject, 1));
        let pause = Pause { reason: PauseReason::WrongSubject, probe_at: None, probes: 0 };
        assert_eq!((actions, gate.pause()), (vec![Action::Pause], Some(pause)), "{reason:?}");
        assert_eq!(gate.settle(ended(2, Sample::WrongSubject, 2)), [], "once is enough");
    }
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
