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
fn resuming_a_route_ends_a_pause_that_the_vendor_asked_for() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Throttled(Some(Duration::from_secs(86_400))), 0);
    assert!(gate.admit(1).is_err());
    gate.set_pause(None);
    assert_eq!(gate.admit(1), Ok(()));
}
