//! A user whom the route does not serve for a while.

use super::*;

impl Case {
    /// An update of a leaf that the route does not carry, and by which it serves the user again.
    fn serve_again(&mut self, now: Millis) {
        self.user.not_served = false;
        self.user.version += 1;
        self.accept(&[Leaf::Organization], now);
    }
}

#[test]
fn a_route_that_does_not_serve_the_user_sends_nothing_and_owes_it_later() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.user.not_served = true;
    assert_eq!(case.try_claim(0), None);
    assert_eq!(case.lane.state, State::Idle);
    case.serve_again(100);
    assert_eq!(leaves(&case.claim(100)), [Leaf::Title]);
}

#[test]
fn what_changed_while_a_lane_with_a_hold_was_not_served_is_owed_when_it_is_served_again() {
    let mut case = Case::in_step(&[Leaf::Nickname]);
    case.update(&[Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    assert_eq!(case.try_claim(200), None);
    assert_eq!(case.lane.state, State::Wait(WaitCause::HoldRetry));
    case.user.not_served = true;
    case.update(&[Leaf::Title, Leaf::Nickname], 300);
    case.serve_again(400);
    assert_eq!(leaves(&case.claim(400)), [Leaf::Nickname, Leaf::Title]);
}
