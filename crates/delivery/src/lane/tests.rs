//! Single rules; see `model` for what they mean together.

use std::collections::{BTreeMap, BTreeSet};

use canonical::Leaf;
use serde_json::json;

use super::*;
use crate::Millis;

const WINDOW: Millis = 75_000;
const HOUR: Millis = 3_600_000;

/// A user's profile as one route sees it.
#[derive(Default)]
struct User {
    version: Version,
    carried: BTreeMap<Leaf, Version>,
    required: Vec<RequiredFact>,
    members: BTreeMap<Leaf, BTreeSet<String>>,
    not_served: bool,
}

impl User {
    fn facts(&self) -> Facts<'_> {
        Facts {
            version: self.version,
            serves: !self.not_served,
            carried: &self.carried,
            required: &self.required,
            members: &self.members,
        }
    }

    /// Changes leaves in a new version.
    fn change(&mut self, leaves: &[Leaf]) -> Vec<Leaf> {
        self.version += 1;
        self.carried.extend(leaves.iter().map(|leaf| (leaf.clone(), self.version)));
        leaves.to_vec()
    }

    fn require(&mut self, leaf: Leaf, value: Option<&str>) {
        self.required.retain(|fact| fact.leaf != leaf);
        self.required.push(RequiredFact { leaf, value: value.map(|value| json!(value)) });
    }
}

fn accept(lane: &mut Lane, user: &User, changed: &[Leaf], now: Millis) {
    apply(lane, &user.facts(), Event::Accept { changed, resent: &[], priority: Priority::Interactive }, now);
}

fn try_claim(lane: &mut Lane, user: &User, now: Millis) -> Option<Claim> {
    let subject =
        SubjectFact { candidate: Some(("89".to_owned(), "89".to_owned())), taken: false, apply_window: None };
    match apply(lane, &user.facts(), Event::Claim(subject), now) {
        Effect::Send(claim) => Some(claim),
        _ => None,
    }
}

fn claim(lane: &mut Lane, user: &User, now: Millis) -> Claim {
    try_claim(lane, user, now).expect("something to send")
}

fn leaves(claim: &Claim) -> Vec<Leaf> {
    claim.payload.iter().map(|(leaf, _)| leaf.clone()).collect()
}

fn sent(claim: &Claim, user: &User) -> Sent {
    let value = |leaf: &Leaf| user.required.iter().find(|fact| fact.leaf == *leaf)?.value.clone();
    let of_payload = claim.payload.iter().filter_map(|(leaf, _)| Some((leaf.clone(), value(leaf)?)));
    let of_fillers = claim.fillers.iter().map(|(leaf, filler)| match filler {
        Filler::Profile(value) | Filler::Confirmed(value) => (leaf.clone(), value.clone()),
    });
    Sent {
        payload: claim.payload.clone(),
        required: of_payload.chain(of_fillers).collect(),
        ..Sent::default()
    }
}

fn settle(lane: &mut Lane, user: &User, claim: &Claim, started_at: Millis, outcome: Outcome) -> Effect {
    let settle = Settle { epoch: claim.epoch, started_at, sent: sent(claim, user), outcome };
    apply(lane, &user.facts(), Event::Settle(settle), started_at + 100)
}

fn ok() -> Outcome {
    Outcome::Ok { witness: None, unverified: Vec::new() }
}

fn rejected(named: &[Leaf]) -> Outcome {
    Outcome::Rejected { named: named.to_vec(), status: Some(422) }
}

fn unknown(started_at: Millis) -> Outcome {
    let failure = Failure {
        class: FailureClass::Unavailable,
        status: None,
        counted: true,
        cause: WaitCause::Outage,
        next_at: started_at + 2_000,
        release_subject: false,
    };
    Outcome::Unknown { failure, suspect_until: started_at + WINDOW }
}

/// A lane whose vendor has confirmed these leaves.
fn in_step(user: &mut User, leaves: &[Leaf]) -> Lane {
    let mut lane = Lane::new(Some("89".to_owned()));
    let changed = user.change(leaves);
    accept(&mut lane, user, &changed, 0);
    let first = claim(&mut lane, user, 0);
    settle(&mut lane, user, &first, 0, ok());
    assert_eq!(lane.state, State::Idle);
    lane
}

#[test]
fn fifty_updates_become_one_request_with_the_newest_version() {
    let (mut lane, mut user) = (Lane::new(Some("89".to_owned())), User::default());
    for _ in 0..50 {
        let changed = user.change(&[Leaf::Title]);
        accept(&mut lane, &user, &changed, 0);
    }
    let only = claim(&mut lane, &user, 0);
    assert_eq!(only.payload, [(Leaf::Title, 50)]);
    settle(&mut lane, &user, &only, 0, ok());
    assert_eq!((lane.state, lane.floor, lane.want), (State::Idle, 50, 50));
}

#[test]
fn an_update_that_comes_while_a_request_is_in_flight_is_not_lost() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 10);
    let first = claim(&mut lane, &user, 10);
    let changed = user.change(&[Leaf::Nickname]);
    accept(&mut lane, &user, &changed, 20);
    assert_eq!(lane.state, State::InFlight);
    settle(&mut lane, &user, &first, 10, ok());
    assert_eq!(lane.state, State::Ready);
    assert_eq!(leaves(&claim(&mut lane, &user, 200)), [Leaf::Nickname]);
}

#[test]
fn an_answer_to_an_older_claim_changes_nothing() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let old = claim(&mut lane, &user, 0);
    apply(&mut lane, &user.facts(), Event::Start { window: WINDOW }, 10);
    let new = claim(&mut lane, &user, 5_000);
    let before = lane.clone();
    assert_eq!(settle(&mut lane, &user, &old, 0, ok()), Effect::Stale);
    assert_eq!(lane, before);
    settle(&mut lane, &user, &new, 5_000, ok());
    assert!(lane.is_suspect());
}

#[test]
fn after_an_unknown_outcome_everything_since_is_asserted_once_more() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let lost = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &lost, 0, unknown(0));
    assert_eq!(lane.state, State::Wait(WaitCause::Outage));
    let changed = user.change(&[Leaf::Nickname]);
    accept(&mut lane, &user, &changed, 100);
    assert_eq!(lane.state, State::Wait(WaitCause::Outage), "a backoff is not shortened by an update");
    let second = claim(&mut lane, &user, 2_000);
    assert_eq!(leaves(&second), [Leaf::Title, Leaf::Nickname]);
    settle(&mut lane, &user, &second, 2_000, ok());
    assert_eq!(
        (lane.state, lane.next_at, lane.acked, lane.floor),
        (State::Wait(WaitCause::Verify), WINDOW, 3, 1)
    );
    let verify = claim(&mut lane, &user, WINDOW);
    assert_eq!(leaves(&verify), [Leaf::Title, Leaf::Nickname]);
    settle(&mut lane, &user, &verify, WINDOW, ok());
    assert_eq!((lane.state, lane.floor, lane.suspect_until), (State::Idle, 3, None));
}

#[test]
fn suspicion_ends_by_when_the_request_was_started_and_not_by_when_it_was_answered() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let lost = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &lost, 0, unknown(0));
    let second = claim(&mut lane, &user, WINDOW - 1);
    let settle =
        Settle { epoch: second.epoch, started_at: WINDOW - 1, sent: sent(&second, &user), outcome: ok() };
    apply(&mut lane, &user.facts(), Event::Settle(settle), WINDOW + 5_000);
    assert!(lane.is_suspect());
}

#[test]
fn a_lane_with_nothing_but_held_leaves_stays_suspect_until_no_lost_request_can_land() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let lost = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &lost, 0, unknown(0));
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 100);
    let refused = claim(&mut lane, &user, 2_000);
    settle(&mut lane, &user, &refused, 2_000, rejected(&[Leaf::Title]));
    assert_eq!(try_claim(&mut lane, &user, 2_100), None);
    assert_eq!((lane.state, lane.next_at), (State::Wait(WaitCause::Verify), WINDOW));
    assert_eq!(try_claim(&mut lane, &user, WINDOW), None);
    assert_eq!((lane.suspect_until, lane.floor), (None, 3));
}

#[test]
fn a_named_leaf_is_held_and_the_rest_goes_on() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Email, Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    let both = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &both, 0, rejected(&[Leaf::Email]));
    let rest = claim(&mut lane, &user, 200);
    assert_eq!(leaves(&rest), [Leaf::PhoneNumber]);
    settle(&mut lane, &user, &rest, 200, ok());
    assert_eq!((lane.state, lane.next_at), (State::Wait(WaitCause::HoldRetry), 100 + HOUR));
    let changed = user.change(&[Leaf::Email]);
    accept(&mut lane, &user, &changed, 500);
    assert!(lane.held.is_empty(), "a newer value has not been refused");
    assert_eq!(leaves(&claim(&mut lane, &user, 500)), [Leaf::Email]);
}

#[test]
fn a_rejection_says_nothing_about_a_value_that_came_meanwhile() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let old = claim(&mut lane, &user, 0);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 50);
    settle(&mut lane, &user, &old, 0, rejected(&[Leaf::Title]));
    assert!(lane.held.is_empty());
    assert_eq!(claim(&mut lane, &user, 200).payload, [(Leaf::Title, 3)]);
}

#[test]
fn an_unnamed_rejection_is_isolated_leaf_by_leaf() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Nickname, Leaf::Title, Leaf::Website]);
    accept(&mut lane, &user, &changed, 0);
    let all = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &all, 0, rejected(&[]));
    let mut order = Vec::new();
    for at in 1..4 {
        let one = claim(&mut lane, &user, at * 1_000);
        order.extend(leaves(&one));
        let outcome = if leaves(&one) == [Leaf::Title] { rejected(&[]) } else { ok() };
        settle(&mut lane, &user, &one, at * 1_000, outcome);
    }
    assert_eq!(order, [Leaf::Nickname, Leaf::Title, Leaf::Website]);
    assert_eq!(try_claim(&mut lane, &user, 5_000), None);
    assert_eq!(lane.held.keys().collect::<Vec<_>>(), [&Leaf::Title]);
    assert_eq!((lane.step.clone(), lane.floor), (None, 2));
}

#[test]
fn a_held_leaf_is_tried_after_an_hour_then_daily_seven_times() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let mut at = 0;
    let mut tries = 0;
    loop {
        let one = claim(&mut lane, &user, at);
        settle(&mut lane, &user, &one, at, rejected(&[Leaf::Title]));
        assert_eq!(try_claim(&mut lane, &user, at + 200), None);
        let State::Wait(WaitCause::HoldRetry) = lane.state else { break };
        tries += 1;
        at = lane.next_at;
    }
    assert_eq!((tries, lane.state), (7, State::Idle));
    assert!(at > 6 * 24 * HOUR && at < 7 * 24 * HOUR, "{at}");
}

#[test]
fn a_caller_may_have_a_held_value_tried_once_an_hour() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let one = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &one, 0, rejected(&[Leaf::Title]));
    assert_eq!(try_claim(&mut lane, &user, 200), None);
    let resent = |lane: &mut Lane, now| {
        let event = Event::Accept { changed: &[], resent: &[Leaf::Title], priority: Priority::Interactive };
        apply(lane, &user.facts(), event, now);
    };
    resent(&mut lane, HOUR / 2);
    assert_eq!(lane.state, State::Wait(WaitCause::HoldRetry));
    resent(&mut lane, HOUR + 200);
    assert_eq!(leaves(&claim(&mut lane, &user, HOUR + 200)), [Leaf::Title]);
}

#[test]
fn a_missing_required_leaf_blocks_and_the_update_that_brings_it_releases() {
    let (mut lane, mut user) = (Lane::new(Some("89".to_owned())), User::default());
    user.require(Leaf::Email, None);
    let changed = user.change(&[Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    assert_eq!(try_claim(&mut lane, &user, 0), None);
    assert_eq!(lane.state, State::Blocked(BlockReason::NeedsData));
    assert_eq!(lane.blocked_leaves, [Leaf::Email]);
    user.require(Leaf::Email, Some("jane@x.org"));
    let changed = user.change(&[Leaf::Email]);
    accept(&mut lane, &user, &changed, 100);
    assert_eq!(leaves(&claim(&mut lane, &user, 100)), [Leaf::PhoneNumber, Leaf::Email]);
}

#[test]
fn required_leaves_go_along_from_the_profile() {
    let mut user = User::default();
    user.require(Leaf::Email, Some("jane@x.org"));
    let mut lane = in_step(&mut user, &[Leaf::Email]);
    let changed = user.change(&[Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    let second = claim(&mut lane, &user, 0);
    assert_eq!(leaves(&second), [Leaf::PhoneNumber]);
    assert!(second.fillers == [(Leaf::Email, Filler::Profile(json!("jane@x.org")))]);
}

#[test]
fn a_held_required_leaf_goes_along_with_its_last_confirmed_value() {
    let mut user = User::default();
    user.require(Leaf::Email, Some("old@x.org"));
    let mut lane = in_step(&mut user, &[Leaf::Email]);
    user.require(Leaf::Email, Some("taken@x.org"));
    let changed = user.change(&[Leaf::Email, Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    let both = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &both, 0, rejected(&[Leaf::Email]));
    let rest = claim(&mut lane, &user, 200);
    assert_eq!(leaves(&rest), [Leaf::PhoneNumber]);
    assert!(rest.fillers == [(Leaf::Email, Filler::Confirmed(json!("old@x.org")))]);
}

#[test]
fn a_cleared_required_leaf_goes_along_with_its_last_confirmed_value() {
    let mut user = User::default();
    user.require(Leaf::Email, Some("jane@x.org"));
    let mut lane = in_step(&mut user, &[Leaf::Email]);
    user.carried.remove(&Leaf::Email);
    user.require(Leaf::Email, None);
    let changed = user.change(&[Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    assert!(claim(&mut lane, &user, 0).fillers == [(Leaf::Email, Filler::Confirmed(json!("jane@x.org")))]);
}

#[test]
fn a_refused_first_value_of_a_required_leaf_blocks_until_a_carried_leaf_changes() {
    let (mut lane, mut user) = (Lane::new(Some("89".to_owned())), User::default());
    user.require(Leaf::Email, Some("taken@x.org"));
    let changed = user.change(&[Leaf::Email, Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    let first = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &first, 0, rejected(&[Leaf::Email]));
    assert_eq!(try_claim(&mut lane, &user, 200), None);
    assert_eq!(lane.state, State::Blocked(BlockReason::Rejected));
    assert_eq!(lane.blocked_leaves, [Leaf::Email]);
    accept(&mut lane, &user, &[Leaf::Website], 300);
    assert_eq!(lane.state, State::Blocked(BlockReason::Rejected), "the route does not carry that leaf");
    user.require(Leaf::Email, Some("free@x.org"));
    let changed = user.change(&[Leaf::Email]);
    accept(&mut lane, &user, &changed, 400);
    assert_eq!(leaves(&claim(&mut lane, &user, 400)), [Leaf::PhoneNumber, Leaf::Email]);
}

#[test]
fn a_refused_leaf_that_only_went_along_is_replaced_or_blocks() {
    let mut user = User::default();
    user.require(Leaf::Email, Some("jane@x.org"));
    let mut lane = in_step(&mut user, &[Leaf::Email]);
    let changed = user.change(&[Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    let second = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &second, 0, rejected(&[Leaf::Email]));
    assert_eq!(lane.state, State::Blocked(BlockReason::Rejected), "there is no other value to send");
}

#[test]
fn the_members_of_a_set_are_noted_before_they_are_sent() {
    let mut user = User::default();
    let members = |members: &[&str]| members.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    user.members.insert(Leaf::Tags, members(&["a", "b"]));
    let (mut lane, changed) = (Lane::new(Some("89".to_owned())), user.change(&[Leaf::Tags]));
    accept(&mut lane, &user, &changed, 0);
    let lost = claim(&mut lane, &user, 0);
    assert_eq!(lane.members(&Leaf::Tags), members(&["a", "b"]));
    settle(&mut lane, &user, &lost, 0, unknown(0));
    user.members.insert(Leaf::Tags, members(&["b", "c"]));
    let changed = user.change(&[Leaf::Tags]);
    accept(&mut lane, &user, &changed, 100);
    let second = claim(&mut lane, &user, 2_000);
    assert_eq!(second.removed[&Leaf::Tags], members(&["a"]));
    let settle = Settle {
        epoch: second.epoch,
        started_at: 2_000,
        sent: Sent { members: BTreeMap::from([(Leaf::Tags, members(&["b", "c"]))]), ..sent(&second, &user) },
        outcome: ok(),
    };
    apply(&mut lane, &user.facts(), Event::Settle(settle), 2_100);
    assert_eq!(lane.members(&Leaf::Tags), members(&["a", "b", "c"]), "the lost request may still add a");
}

#[test]
fn more_requests_than_one_attempt_may_have_are_spread_over_several() {
    let mut user = User::default();
    let (mut lane, changed) = (Lane::new(Some("89".to_owned())), user.change(&[Leaf::Nickname, Leaf::Title]));
    accept(&mut lane, &user, &changed, 0);
    let all = claim(&mut lane, &user, 0);
    let first = Sent { payload: all.payload[..1].to_vec(), partial: Partial::Leaves, ..Sent::default() };
    let settle = Settle { epoch: all.epoch, started_at: 0, sent: first, outcome: ok() };
    apply(&mut lane, &user.facts(), Event::Settle(settle), 100);
    assert_eq!((lane.state, lane.acked), (State::Ready, 0), "the rest stays owed");
    let rest = claim(&mut lane, &user, 200);
    assert_eq!(leaves(&rest), [Leaf::Title]);
    super::tests::settle(&mut lane, &user, &rest, 200, ok());
    assert_eq!(try_claim(&mut lane, &user, 400), None);
    assert_eq!((lane.state, lane.floor), (State::Idle, 1));
}

#[test]
fn a_route_that_does_not_serve_the_user_sends_nothing_and_owes_it_later() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    user.not_served = true;
    assert_eq!(try_claim(&mut lane, &user, 0), None);
    assert_eq!(lane.state, State::Idle);
    user.not_served = false;
    user.version += 1;
    accept(&mut lane, &user, &[Leaf::Organization], 100);
    assert_eq!(leaves(&claim(&mut lane, &user, 100)), [Leaf::Title]);
}

#[test]
fn what_changed_while_a_lane_with_a_hold_was_not_served_is_owed_when_it_is_served_again() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Nickname]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let refused = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &refused, 0, rejected(&[]));
    assert_eq!(try_claim(&mut lane, &user, 200), None);
    assert_eq!(lane.state, State::Wait(WaitCause::HoldRetry));
    user.not_served = true;
    let changed = user.change(&[Leaf::Title, Leaf::Nickname]);
    accept(&mut lane, &user, &changed, 300);
    user.not_served = false;
    user.version += 1;
    accept(&mut lane, &user, &[Leaf::Organization], 400);
    assert_eq!(leaves(&claim(&mut lane, &user, 400)), [Leaf::Nickname, Leaf::Title]);
}

#[test]
fn what_takes_several_attempts_is_asserted_once_when_nothing_lost_can_land_any_more() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Nickname]);
    let changed = user.change(&[Leaf::Department, Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let lost = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &lost, 0, unknown(0));
    let whole = claim(&mut lane, &user, WINDOW);
    let first = Sent { payload: whole.payload[..1].to_vec(), partial: Partial::Leaves, ..Sent::default() };
    let done = Settle { epoch: whole.epoch, started_at: WINDOW, sent: first, outcome: ok() };
    apply(&mut lane, &user.facts(), Event::Settle(done), WINDOW);
    let rest = claim(&mut lane, &user, WINDOW);
    assert_eq!(leaves(&rest), [Leaf::Title]);
    settle(&mut lane, &user, &rest, WINDOW, ok());
    assert_eq!(try_claim(&mut lane, &user, WINDOW), None);
    assert_eq!((lane.state, lane.floor, lane.suspect_until), (State::Idle, 2, None));
}

#[test]
fn a_subject_that_another_user_has_is_never_sent_to() {
    let (mut lane, mut user) = (Lane::new(None), User::default());
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let taken = SubjectFact {
        candidate: Some(("a@x.org".into(), "a@x.org".into())),
        taken: true,
        apply_window: None,
    };
    apply(&mut lane, &user.facts(), Event::Claim(taken), 0);
    assert_eq!(lane.state, State::Blocked(BlockReason::SubjectTaken));
    accept(&mut lane, &user, &[Leaf::Email], 100);
    assert_eq!(lane.state, State::Ready, "a new address may be free");
}

#[test]
fn a_retry_asked_for_in_flight_is_carried_out_by_the_settle() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let first = claim(&mut lane, &user, 0);
    apply(&mut lane, &user.facts(), Event::Rearm(Rearm::Resync), 10);
    assert_eq!((lane.state, lane.again), (State::InFlight, Again::Resync));
    settle(&mut lane, &user, &first, 0, ok());
    assert_eq!((lane.state, lane.floor, lane.priority), (State::Ready, 0, Priority::Bulk));
}

#[test]
fn erasing_forgets_the_person_and_keeps_the_fence() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    let first = claim(&mut lane, &user, 0);
    user.version += 1;
    apply(&mut lane, &user.facts(), Event::Erase { window: WINDOW }, 10);
    assert_eq!(
        (lane.state, lane.want, lane.floor, lane.suspect_until),
        (State::Erased, 3, 3, Some(10 + WINDOW))
    );
    assert_eq!((lane.subject.clone(), lane.subject_key.clone(), lane.pinned), (None, None, false));
    assert_eq!(settle(&mut lane, &user, &first, 0, ok()), Effect::Stale);
}

#[test]
fn a_lane_that_is_in_flight_at_three_starts_in_a_row_is_blocked() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    for at in [0, 10_000, 20_000] {
        claim(&mut lane, &user, at);
        apply(&mut lane, &user.facts(), Event::Start { window: WINDOW }, at + 100);
    }
    assert_eq!(lane.state, State::Blocked(BlockReason::Internal));
    apply(&mut lane, &user.facts(), Event::Rearm(Rearm::Retry), 30_000);
    assert_eq!(lane.state, State::Ready);
}

#[test]
fn a_vendor_that_queues_is_told_once_more_after_two_requests_in_a_short_time() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 1_000);
    let window = Some(600_000);
    let subject = SubjectFact { candidate: None, taken: false, apply_window: window };
    let Effect::Send(second) = apply(&mut lane, &user.facts(), Event::Claim(subject.clone()), 1_000) else {
        panic!("something to send")
    };
    settle(&mut lane, &user, &second, 1_000, ok());
    assert_eq!((lane.state, lane.next_at), (State::Wait(WaitCause::Verify), 601_000));
    let Effect::Send(verify) = apply(&mut lane, &user.facts(), Event::Claim(subject), 601_000) else {
        panic!("something to send")
    };
    settle(&mut lane, &user, &verify, 601_000, ok());
    assert_eq!(lane.state, State::Idle);
}

#[test]
fn each_block_is_rearmed_by_what_can_mend_it() {
    use BlockReason::*;
    let table = [
        (NeedsData, true, true, false, false),
        (Rejected, true, false, false, false),
        (TooLarge, true, false, false, false),
        (Conflict, true, false, false, false),
        (Expired, true, false, false, false),
        (Unaddressable, false, true, true, false),
        (UnknownAtVendor, false, true, true, false),
        (SubjectTaken, false, true, true, false),
        (Forbidden, false, false, false, true),
        (WrongSubject, false, false, false, false),
        (Protocol, false, false, false, false),
        (Internal, false, false, false, false),
    ];
    for (reason, by_carried, by_email, by_time, by_route) in table {
        let blocked = || {
            let mut user = User::default();
            let mut lane = in_step(&mut user, &[Leaf::Title]);
            let changed = user.change(&[Leaf::Title]);
            accept(&mut lane, &user, &changed, 0);
            let first = claim(&mut lane, &user, 0);
            let class = FailureClass::Invalid;
            let outcome =
                Outcome::Blocked { reason, class, status: None, release_subject: false, suspect_until: None };
            settle(&mut lane, &user, &first, 0, outcome);
            assert_eq!(lane.state, State::Blocked(reason));
            (lane, user)
        };
        let (mut lane, mut user) = blocked();
        let changed = user.change(&[Leaf::Title]);
        accept(&mut lane, &user, &changed, 200);
        assert_eq!(lane.state == State::Ready, by_carried, "{reason:?} by a carried leaf");
        let (mut lane, user) = blocked();
        accept(&mut lane, &user, &[Leaf::Email], 200);
        assert_eq!(lane.state == State::Ready, by_email, "{reason:?} by an e-mail address");
        for (rearm, expected) in [
            (Rearm::Due, by_time),
            (Rearm::RouteWorks, by_route),
            (Rearm::Retry, true),
            (Rearm::Resync, true),
        ] {
            let (mut lane, user) = blocked();
            apply(&mut lane, &user.facts(), Event::Rearm(rearm.clone()), 25 * HOUR);
            assert_eq!(lane.state == State::Ready, expected, "{reason:?} by {rearm:?}");
        }
    }
}

#[test]
fn what_was_held_because_of_the_route_is_owed_again() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Nickname]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 1_000);
    let refused = claim(&mut lane, &user, 1_000);
    settle(&mut lane, &user, &refused, 1_000, rejected(&[]));
    assert_eq!(try_claim(&mut lane, &user, 1_200), None, "the only leaf is held");
    apply(&mut lane, &user.facts(), Event::Rearm(Rearm::RoutePaused { holds_since: 500 }), 2_000);
    assert_eq!(claim(&mut lane, &user, 2_000).payload, [(Leaf::Title, 2)]);
}

#[test]
fn an_isolation_that_went_on_past_a_hold_that_is_dropped_begins_anew() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Nickname]);
    let changed = user.change(&[Leaf::Department, Leaf::Title]);
    accept(&mut lane, &user, &changed, 1_000);
    for at in [1_000, 1_200] {
        let refused = claim(&mut lane, &user, at);
        settle(&mut lane, &user, &refused, at, rejected(&[]));
    }
    assert!(lane.held.contains_key(&Leaf::Title) != lane.held.contains_key(&Leaf::Department), "{lane:?}");
    apply(&mut lane, &user.facts(), Event::Rearm(Rearm::RoutePaused { holds_since: 500 }), 2_000);
    assert_eq!(leaves(&claim(&mut lane, &user, 2_000)), [Leaf::Department, Leaf::Title]);
}

#[test]
fn a_refused_filler_that_nothing_can_replace_blocks_and_is_not_repeated() {
    let mut user = User::default();
    user.require(Leaf::Email, Some("old@x.org"));
    let mut lane = in_step(&mut user, &[Leaf::Email]);
    user.require(Leaf::Email, Some("new@x.org"));
    let changed = user.change(&[Leaf::Department, Leaf::Email]);
    accept(&mut lane, &user, &changed, 0);
    let both = claim(&mut lane, &user, 0);
    settle(&mut lane, &user, &both, 0, rejected(&[]));
    let one = claim(&mut lane, &user, 200);
    assert!(one.fillers == [(Leaf::Email, Filler::Confirmed(json!("old@x.org")))]);
    settle(&mut lane, &user, &one, 200, rejected(&[Leaf::Email]));
    assert_eq!(lane.state, State::Blocked(BlockReason::Rejected));
}

#[test]
fn a_lane_that_was_blocked_for_long_does_not_expire_at_its_first_failure() {
    let (mut lane, mut user) = (Lane::new(Some("89".to_owned())), User::default());
    user.require(Leaf::Email, None);
    let changed = user.change(&[Leaf::PhoneNumber]);
    accept(&mut lane, &user, &changed, 0);
    assert_eq!(try_claim(&mut lane, &user, 0), None);
    user.require(Leaf::Email, Some("jane@x.org"));
    let changed = user.change(&[Leaf::Email]);
    accept(&mut lane, &user, &changed, 29 * 24 * HOUR);
    assert_eq!((lane.state, lane.first_fail_at), (State::Ready, None));
}

#[test]
fn a_refused_first_value_that_blocks_is_tried_by_itself_and_when_it_is_sent_again() {
    for by_time in [true, false] {
        let (mut lane, mut user) = (Lane::new(Some("89".to_owned())), User::default());
        user.require(Leaf::Email, Some("taken@x.org"));
        let changed = user.change(&[Leaf::Email, Leaf::PhoneNumber]);
        accept(&mut lane, &user, &changed, 0);
        let first = claim(&mut lane, &user, 0);
        settle(&mut lane, &user, &first, 0, rejected(&[Leaf::Email]));
        assert_eq!(try_claim(&mut lane, &user, 200), None);
        let again = if by_time {
            Event::Rearm(Rearm::Due)
        } else {
            Event::Accept { changed: &[], resent: &[Leaf::Email], priority: Priority::Interactive }
        };
        apply(&mut lane, &user.facts(), again, HOUR + 200);
        assert_eq!(leaves(&claim(&mut lane, &user, HOUR + 200)), [Leaf::Email, Leaf::PhoneNumber]);
    }
}

#[test]
fn a_subject_that_is_removed_and_set_again_meets_its_own_lost_request() {
    let mut user = User::default();
    let mut lane = in_step(&mut user, &[Leaf::Title]);
    let changed = user.change(&[Leaf::Title]);
    accept(&mut lane, &user, &changed, 0);
    claim(&mut lane, &user, 0);
    for subject in [None, Some(("89".to_owned(), "89".to_owned()))] {
        apply(&mut lane, &user.facts(), Event::Rearm(Rearm::Identity { subject, window: WINDOW }), 100);
    }
    assert_eq!((lane.state, lane.suspect_until), (State::Ready, Some(100 + WINDOW)));
    let again = claim(&mut lane, &user, 200);
    settle(&mut lane, &user, &again, 200, ok());
    assert_eq!(lane.state, State::Wait(WaitCause::Verify));
}
