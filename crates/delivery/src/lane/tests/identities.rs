//! Whom a lane sends to, and the end of that.

use super::*;

#[test]
fn a_subject_that_another_user_has_is_never_sent_to() {
    let mut case = Case { lane: Lane::new(None), ..Case::new() };
    case.update(&[Leaf::Title], 0);
    let candidate = Some(("a@x.org".to_owned(), "a@x.org".to_owned()));
    case.apply(Event::Claim(SubjectFact { candidate, taken: true, apply_window: None, began: 0 }), 0);
    assert_eq!(case.lane.state, State::Blocked(BlockReason::SubjectTaken));
    case.accept(&[Leaf::Email], 100);
    assert_eq!(case.lane.state, State::Ready, "a new address may be free");
}

#[test]
fn a_subject_that_is_removed_and_set_again_meets_its_own_lost_request() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    case.claim(0);
    for subject in [None, Some(("89".to_owned(), "89".to_owned()))] {
        case.rearm(Rearm::Identity { subject, window: WINDOW }, 100);
    }
    assert_eq!((case.lane.state, case.lane.suspect_until), (State::Ready, Some(100 + WINDOW)));
    case.attempt(200, ok());
    assert_eq!(case.lane.state, State::Wait(WaitCause::Verify));
}

#[test]
fn erasing_forgets_the_person_and_keeps_the_fence() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let first = case.claim(0);
    case.apply(Event::Erase { window: WINDOW, queued: None }, 10);
    let lane = &case.lane;
    assert_eq!((lane.state, lane.suspect_until, lane.is_blind), (State::Erased, Some(10 + WINDOW), true));
    assert!(lane.slots.is_empty());
    assert_eq!((lane.subject.clone(), lane.subject_key.clone(), lane.pinned), (None, None, false));
    assert_eq!(case.settle(&first, 0, ok()), Effect::Stale);
}
