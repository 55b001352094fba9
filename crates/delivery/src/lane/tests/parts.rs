//! Members of a set, and what takes more requests than one attempt may have.

use super::*;

fn members(members: &[&str]) -> BTreeSet<String> {
    members.iter().map(ToString::to_string).collect()
}

/// Only the first leaf of a claim was sent, and the vendor took it.
fn first_leaf_taken(claim: &Claim, started_at: Millis) -> Event<'static> {
    let payload = claim.payload[..1].to_vec();
    let sent = Sent { payload, partial: Partial::Leaves, place: Some(claim.place), ..Sent::default() };
    Event::Settle(settle(claim, started_at, sent, ok()))
}

#[test]
fn the_members_of_a_set_are_noted_before_they_are_sent() {
    let mut case = Case::new();
    case.user.members.insert(Leaf::Tags, members(&["a", "b"]));
    case.update(&[Leaf::Tags], 0);
    let lost = case.claim(0);
    assert_eq!(case.lane.members(&Leaf::Tags), members(&["a", "b"]));
    case.settle(&lost, 0, unknown(0));
    case.user.members.insert(Leaf::Tags, members(&["b", "c"]));
    case.update(&[Leaf::Tags], 100);
    let second = case.claim(2_000);
    assert_eq!(second.removed[&Leaf::Tags], members(&["a"]));
    let members_sent = BTreeMap::from([(Leaf::Tags, members(&["b", "c"]))]);
    let sent = Sent { members: members_sent, ..sent(&second, &case.user) };
    case.apply(Event::Settle(settle(&second, 2_000, sent, ok())), 2_100);
    assert_eq!(case.lane.members(&Leaf::Tags), members(&["a", "b", "c"]), "the lost request may still add a");
}

#[test]
fn more_requests_than_one_attempt_may_have_are_spread_over_several() {
    let mut case = Case::new();
    case.update(&[Leaf::Nickname, Leaf::Title], 0);
    let all = case.claim(0);
    case.apply(first_leaf_taken(&all, 0), 100);
    assert_eq!(case.lane.state, State::Ready, "the rest stays owed");
    assert!(is_safe(&case.lane, &Leaf::Nickname, 1) && !is_safe(&case.lane, &Leaf::Title, 1));
    let rest = case.attempt(200, ok());
    assert_eq!(leaves(&rest), [Leaf::Title]);
    assert_eq!(case.lane.state, State::Idle);
    assert!(is_safe(&case.lane, &Leaf::Title, 1));
}

#[test]
fn what_takes_several_attempts_is_asserted_once_when_nothing_lost_can_land_any_more() {
    let mut case = Case::in_step(&[Leaf::Nickname]);
    case.update(&[Leaf::Department, Leaf::Title], 0);
    case.attempt(0, unknown(0));
    let whole = case.claim(WINDOW);
    case.apply(first_leaf_taken(&whole, WINDOW), WINDOW);
    let rest = case.attempt(WINDOW, ok());
    assert_eq!(leaves(&rest), [Leaf::Title]);
    assert_eq!((case.lane.state, case.lane.suspect_until), (State::Idle, None));
    assert!(is_safe(&case.lane, &Leaf::Title, 2));
}
