//! Pauses that a vendor asks for.

use super::*;

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
fn a_pause_says_whether_the_vendor_asked_for_it() {
    let mut gate = gate();
    let cause = |gate: &Gate, now| {
        let condition = gate.condition(0, now);
        condition.throttled_until.map(|_| condition.throttled_by)
    };
    assert_eq!(cause(&gate, 0), None);
    attempt(&mut gate, 1, Sample::Misdirected, 0);
    assert_eq!(cause(&gate, 1), Some(PauseCause::Intermediary));
    // Requests that were under way meanwhile: of two pauses the longer one is waited for.
    gate.settle(ended(2, Sample::Throttled(Some(Duration::from_secs(1))), 2));
    assert_eq!(cause(&gate, 3), Some(PauseCause::Intermediary));
    gate.settle(ended(3, Sample::Throttled(Some(Duration::from_secs(600))), 4));
    assert_eq!(cause(&gate, 5), Some(PauseCause::Vendor));
    gate.settle(ended(4, Sample::Misdirected, 6));
    assert_eq!(cause(&gate, 7), Some(PauseCause::Vendor));
}

#[test]
fn an_operator_has_one_request_tried_although_the_vendor_asked_for_a_pause() {
    let mut gate = busy(2);
    gate.settle(ended(1, Sample::Throttled(Some(Duration::from_secs(86_400))), 0));
    let until = gate.throttled_until(1).expect("throttled");
    assert_eq!(gate.probe(1), Probe::Begun);
    assert_eq!(gate.admit(1), Err(Refusal::Throttled(until)), "another is under way");
    gate.settle(ended(2, Sample::Nothing, 2));
    gate.admit(3).expect("the probe");
    assert!(gate.is_probing());
    gate.give_back();
    gate.admit(3).expect("it was not used");
    assert_eq!(gate.admit(3), Err(Refusal::Throttled(until)), "one at a time");
    gate.settle(ended(3, Sample::Throttled(Some(Duration::from_secs(60))), 4));
    assert_eq!(gate.admit(5), Err(Refusal::Throttled(until)), "the vendor has not changed its mind");
    assert_eq!(gate.probe(5), Probe::Begun);
    attempt(&mut gate, 3, Sample::Success, 6);
    assert_eq!((gate.throttled_until(7), gate.admit(7), gate.admit(7)), (None, Ok(()), Ok(())));
}

#[test]
fn any_answer_to_a_probe_ends_the_pause_and_what_was_not_sent_is_no_answer() {
    let throttled = || {
        let mut gate = gate();
        attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(86_400))), 0);
        assert_eq!(gate.probe(1), Probe::Begun);
        gate.admit(1).expect("the probe");
        gate
    };
    let mut gate = throttled();
    gate.settle(ended(1, Sample::Nothing, 2));
    gate.admit(3).expect("it was not sent");
    assert_eq!(gate.probe(3), Probe::Begun, "it is out");
    gate.settle(ended(1, Sample::Answered, 4));
    assert_eq!((gate.throttled_until(5), gate.admit(5)), (None, Ok(())));
    let mut gate = throttled();
    gate.settle(ended(1, Sample::Failure, 2));
    assert!(gate.admit(3).is_err(), "nobody has answered");
}

#[test]
fn a_probe_that_was_not_needed_is_not_kept_for_the_next_pause() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(10))), 0);
    assert_eq!(gate.probe(1), Probe::Begun);
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(10))), 20_000);
    assert!(matches!(gate.admit(20_001), Err(Refusal::Throttled(_))));
}

#[test]
fn resuming_a_route_ends_a_pause_that_the_vendor_asked_for() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(86_400))), 0);
    assert!(gate.admit(1).is_err());
    gate.set_pause(None);
    assert_eq!(gate.admit(1), Ok(()));
}

#[test]
fn a_vendor_that_does_not_say_how_long_gets_longer_pauses_up_to_a_minute_until_it_answers() {
    let throttle = |gate: &mut Gate, now| {
        gate.admit(now).expect("admitted");
        gate.settle(Ended { jitter: 0.0, ..ended(1, Sample::Throttled(None), now) });
        gate.throttled_until(now).expect("throttled")
    };
    let mut gate = gate();
    let (mut now, mut seconds) = (0, Vec::new());
    for _ in 0..8 {
        let until = throttle(&mut gate, now);
        seconds.push((until - now) / 1_000);
        now = until;
    }
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
    attempt(&mut gate, 1, Sample::Success, now);
    assert_eq!(throttle(&mut gate, now) - now, 1_000);
}

#[test]
fn the_later_of_two_pauses_counts() {
    let mut gate = busy(2);
    gate.settle(Ended { jitter: 0.0, ..ended(1, Sample::Throttled(Some(Duration::from_secs(60))), 0) });
    gate.settle(Ended { jitter: 0.0, ..ended(2, Sample::Throttled(Some(Duration::from_secs(5))), 1) });
    assert_eq!(gate.throttled_until(2), Some(60_000));
}

#[test]
fn after_a_success_a_wall_is_asked_again_after_a_minute() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Misdirected, 0);
    attempt(&mut gate, 1, Sample::Misdirected, 60_000);
    assert_eq!(gate.throttled_until(60_000), Some(180_000));
    attempt(&mut gate, 1, Sample::Success, 180_000);
    attempt(&mut gate, 1, Sample::Misdirected, 180_000);
    assert_eq!(gate.throttled_until(180_000), Some(240_000));
}
