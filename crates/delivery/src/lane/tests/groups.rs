//! Leaves that belong together go together or not at all.

use super::*;

fn with_address() -> Case {
    let mut case = Case::new();
    case.user.groups = vec![Group::address()];
    case
}

/// The profile has the leaf in a form that the route cannot carry.
fn uncarried(case: &mut Case, leaf: Leaf, now: Millis) {
    case.user.version += 1;
    case.user.carried.remove(&leaf);
    case.user.uncarried.push((leaf.clone(), leaf.name().into()));
    case.accept(&[leaf], now);
}

fn stops(case: &Case, leaf: &Leaf) -> Option<String> {
    let facts = case.user.facts();
    stop(&case.lane, &facts, facts.carried.get(leaf)?).map(|stop| match stop {
        Stop::Held(_) => "held".to_owned(),
        Stop::HeldWith(leaf, _) => format!("held with {leaf}"),
        Stop::UncarriedWith(leaf) => format!("uncarried with {leaf}"),
    })
}

#[test]
fn nothing_of_an_address_is_sent_while_a_part_of_it_cannot_be() {
    let mut case = with_address();
    case.confirm(&[Leaf::Locality, Leaf::Region]);
    uncarried(&mut case, Leaf::Region, 1_000);
    case.update(&[Leaf::Locality, Leaf::Title], 1_000);
    assert_eq!(leaves(&case.claim(1_000)), [Leaf::Title], "the rest goes on");
    assert_eq!(stops(&case, &Leaf::Locality).as_deref(), Some("uncarried with address.region"));
    // The part is given again: now the whole goes.
    let mut case = with_address();
    uncarried(&mut case, Leaf::Region, 0);
    case.update(&[Leaf::Locality], 0);
    assert_eq!(case.lane.state, State::Idle);
    case.user.uncarried.clear();
    case.update(&[Leaf::Region], 10);
    assert_eq!(leaves(&case.claim(10)), [Leaf::Locality, Leaf::Region]);
}

#[test]
fn a_part_that_is_confirmed_stays_so_and_is_put_beyond_doubt() {
    let mut case = with_address();
    case.confirm(&[Leaf::Locality, Leaf::Region]);
    uncarried(&mut case, Leaf::Region, 1_000);
    assert_eq!(stops(&case, &Leaf::Locality), None);
    // A lost request may have overwritten it; the old whole is put back.
    case.update(&[Leaf::Title], 2_000);
    let lost = case.claim(2_000);
    case.settle(&lost, 2_000, unknown(2_000));
    case.lane.slots.doubt([&assertion(&Leaf::Locality, 1)]);
    let again = case.claim(2_000 + WINDOW);
    assert!(leaves(&again).contains(&Leaf::Locality), "{again:?}");
}

#[test]
fn a_refused_part_holds_the_whole() {
    let mut case = with_address();
    case.confirm(&[Leaf::Title]);
    case.update(&[Leaf::Locality, Leaf::Region, Leaf::Title], 0);
    case.attempt(0, rejected(&[Leaf::Region]));
    assert_eq!(leaves(&case.attempt(200, ok())), [Leaf::Title]);
    assert_eq!(stops(&case, &Leaf::Region).as_deref(), Some("held"));
    assert_eq!(stops(&case, &Leaf::Locality).as_deref(), Some("held with address.region"));
    assert_eq!(case.lane.state, State::Wait(WaitCause::HoldRetry));
    // Neither does a newer value of another part go alone.
    case.update(&[Leaf::Locality], 500);
    assert_eq!(case.try_claim(500), None);
    // An hour later all of it is tried, and refused for another part, which waits an hour of its own.
    let at = case.lane.next_at;
    assert_eq!(at, 100 + HOUR);
    assert_eq!(leaves(&case.attempt(at, rejected(&[Leaf::Locality]))), [Leaf::Region, Leaf::Locality]);
    assert_eq!(case.try_claim(at + 200), None, "no second try at once");
    assert!(case.lane.next_at >= at + HOUR, "{}", case.lane.next_at);
    // A newer value of each, and nothing is held any more.
    case.update(&[Leaf::Locality, Leaf::Region], at + 300);
    assert_eq!(leaves(&case.attempt(at + 300, ok())), [Leaf::Locality, Leaf::Region]);
    assert_eq!(case.lane.state, State::Idle);
}

#[test]
fn an_isolation_tries_what_belongs_together_in_one_step() {
    let mut case = with_address();
    case.confirm(&[Leaf::Title]);
    case.update(&[Leaf::Locality, Leaf::Region, Leaf::Title], 0);
    case.attempt(0, rejected(&[]));
    assert_eq!(leaves(&case.attempt(1_000, rejected(&[]))), [Leaf::Locality, Leaf::Region]);
    assert_eq!(leaves(&case.attempt(2_000, ok())), [Leaf::Title]);
    assert_eq!(case.lane.held.len(), 2);
    assert_eq!(case.lane.state, State::Wait(WaitCause::HoldRetry), "a single refusal blocks nobody");
    // Which of them was meant nobody knows: with another value of one the whole is another.
    case.update(&[Leaf::Region], 3_000);
    assert_eq!(leaves(&case.attempt(3_000, ok())), [Leaf::Locality, Leaf::Region]);
    assert!(case.lane.held.is_empty());
}

#[test]
fn a_hold_that_is_due_waits_for_a_part_that_cannot_be_sent() {
    let mut case = with_address();
    case.update(&[Leaf::Locality, Leaf::Region], 0);
    case.attempt(0, rejected(&[Leaf::Locality]));
    uncarried(&mut case, Leaf::Region, 500);
    // The turn of the hold comes, and nothing can go: the lane rests instead of looking again and again.
    case.rearm(Rearm::Retry, HOUR);
    assert_eq!((case.try_claim(2 * HOUR), case.lane.state), (None, State::Idle));
}
