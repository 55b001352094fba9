use super::*;
use adapter::RetryAfter;

const NOW: Millis = 1_000_000;
const SUSPECT_UNTIL: Millis = NOW + 75_000;
const DAY: Millis = 86_400_000;

fn moment() -> Moment {
    Moment { now: NOW, wall: SystemTime::UNIX_EPOCH, suspect_until: SUSPECT_UNTIL, jitter: 0.5 }
}

fn answered(kind: ErrorKind, applied: AppliedState, history: History) -> (Outcome, Sample) {
    of_vendor_error(&VendorError::new(kind, applied, ""), 599, &history, &moment())
}

fn unanswered(kind: SendErrorKind) -> (Outcome, Sample) {
    let error = SendError { kind, detail: String::new() };
    of_send_error(&error, kind.may_have_been_applied(), &History::default(), &moment())
}

fn after(class: FailureClass, attempt: u32) -> History {
    History { attempt, last_class: Some(class), first_fail_at: Some(NOW), pinned: true, sent: 1 }
}

fn failure(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::NotApplied { failure } | Outcome::Unknown { failure, .. } => failure,
        other => panic!("not to be tried again: {other:?}"),
    }
}

fn block(outcome: &Outcome) -> BlockReason {
    match outcome {
        Outcome::Blocked { reason, .. } => *reason,
        other => panic!("not blocked: {other:?}"),
    }
}

#[test]
fn only_what_may_have_been_applied_is_unknown() {
    use SendErrorKind::*;
    for (kind, unknown) in [
        (Dns, false),
        (Connect, false),
        (Tls, false),
        (Timeout, true),
        (Interrupted, true),
        (AnswerTooLarge, true),
    ] {
        assert_eq!(matches!(unanswered(kind).0, Outcome::Unknown { .. }), unknown, "{kind:?}");
    }
    let (outcome, _) = answered(ErrorKind::Unavailable, AppliedState::Maybe, History::default());
    assert!(matches!(outcome, Outcome::Unknown { suspect_until: SUSPECT_UNTIL, .. }));
}

#[test]
fn the_faults_of_a_route_are_not_charged_to_its_lanes() {
    for kind in [ErrorKind::Unauthenticated, ErrorKind::RateLimited, ErrorKind::Misdirected] {
        assert!(!failure(&answered(kind, AppliedState::No, History::default()).0).counted, "{kind:?}");
    }
    assert!(!failure(&unanswered(SendErrorKind::Tls).0).counted);
    assert!(failure(&unanswered(SendErrorKind::Connect).0).counted);
    assert!(failure(&answered(ErrorKind::Unavailable, AppliedState::Maybe, History::default()).0).counted);
}

#[test]
fn a_request_that_the_gateway_itself_refuses_to_send_blocks() {
    assert_eq!(block(&unanswered(SendErrorKind::Refused).0), BlockReason::Internal);
}

#[test]
fn definite_answers_block_at_once_or_after_their_tries() {
    use FailureClass as Class;
    for (kind, history, reason) in [
        (ErrorKind::TooLarge, History::default(), BlockReason::TooLarge),
        (ErrorKind::Forbidden, History::default(), BlockReason::Forbidden),
        (ErrorKind::WrongSubject, History::default(), BlockReason::WrongSubject),
        (ErrorKind::Conflict, after(Class::Conflict, 3), BlockReason::Conflict),
        (ErrorKind::Unreadable, after(Class::Unreadable, 4), BlockReason::Protocol),
        (ErrorKind::NotFound, after(Class::NotFound, 5), BlockReason::Unaddressable),
    ] {
        assert_eq!(block(&answered(kind, AppliedState::No, history).0), reason, "{kind:?}");
    }
    for (kind, history) in [
        (ErrorKind::Conflict, after(Class::Conflict, 2)),
        (ErrorKind::Unreadable, after(Class::Unreadable, 3)),
        (ErrorKind::NotFound, after(Class::NotFound, 4)),
        (ErrorKind::Conflict, after(Class::Unavailable, 9)),
    ] {
        failure(&answered(kind, AppliedState::No, history).0);
    }
}

#[test]
fn a_subject_that_never_worked_is_set_free_and_asked_for_once_more() {
    let never = History { pinned: false, ..History::default() };
    let (first, _) = answered(ErrorKind::NotFound, AppliedState::No, never);
    assert!(failure(&first).release_subject);
    assert_eq!(failure(&first).next_at, NOW + 600_000);
    let again = History { pinned: false, ..after(FailureClass::NotFound, 1) };
    let (second, _) = answered(ErrorKind::NotFound, AppliedState::No, again);
    assert!(matches!(
        second,
        Outcome::Blocked { reason: BlockReason::UnknownAtVendor, release_subject: true, .. }
    ));
}

#[test]
fn an_identity_is_set_free_only_where_the_vendor_says_that_there_is_no_such_person() {
    let never = History { pinned: false, ..History::default() };
    let mut history = never;
    for _ in 0..5 {
        let (outcome, sample) = answered(ErrorKind::MaybeNotFound, AppliedState::No, history);
        assert_eq!(sample, Sample::MaybeNotFound);
        assert_eq!((failure(&outcome).release_subject, failure(&outcome).cause), (false, WaitCause::Outage));
        history = History { pinned: false, ..after(FailureClass::NotFound, history.attempt + 1) };
    }
    let (last, _) = answered(ErrorKind::MaybeNotFound, AppliedState::No, history);
    assert!(matches!(
        last,
        Outcome::Blocked { reason: BlockReason::Unaddressable, release_subject: false, .. }
    ));
}

#[test]
fn whoever_was_known_and_is_missing_says_something_about_the_route() {
    for kind in [ErrorKind::NotFound, ErrorKind::MaybeNotFound] {
        let known = after(FailureClass::Unavailable, 0);
        let (outcome, sample) = answered(kind, AppliedState::No, known);
        assert_eq!((sample, failure(&outcome).cause), (Sample::Vanished, WaitCause::Outage), "{kind:?}");
    }
}

#[test]
fn after_four_weeks_of_failures_a_lane_is_blocked() {
    let long = History { first_fail_at: Some(NOW - 28 * DAY), ..after(FailureClass::Unavailable, 200) };
    assert_eq!(block(&answered(ErrorKind::Unavailable, AppliedState::Maybe, long).0), BlockReason::Expired);
    let almost = History { first_fail_at: Some(NOW - 28 * DAY + 1), ..long };
    let wait = failure(&answered(ErrorKind::Unavailable, AppliedState::Maybe, almost).0).next_at - NOW;
    assert!((3 * 3_600_000..=6 * 3_600_000).contains(&wait), "{wait}");
}

#[test]
fn the_route_learns_what_kind_of_failure_it_was() {
    let sample = |kind| answered(kind, AppliedState::No, History::default()).1;
    assert_eq!(sample(ErrorKind::Unauthenticated), Sample::Unauthenticated);
    assert_eq!(sample(ErrorKind::Forbidden), Sample::Forbidden);
    assert_eq!(sample(ErrorKind::NotFound), Sample::NotFound);
    assert_eq!(sample(ErrorKind::RateLimited), Sample::Throttled(None));
    assert_eq!(sample(ErrorKind::Unavailable), Sample::Failure);
    assert_eq!(sample(ErrorKind::Invalid), Sample::RejectedUnnamed);
    assert_eq!(sample(ErrorKind::WrongSubject), Sample::WrongSubject);
    let named = VendorError {
        fields: vec!["email".to_owned()],
        ..VendorError::new(ErrorKind::Invalid, AppliedState::No, "")
    };
    assert_eq!(of_vendor_error(&named, 422, &History::default(), &moment()).1, Sample::Answered);
}

#[test]
fn a_time_to_come_back_is_the_routes() {
    let error = VendorError {
        retry_after: Some(RetryAfter::Delay(Duration::from_secs(30))),
        ..VendorError::new(ErrorKind::Unavailable, AppliedState::No, "")
    };
    let (outcome, sample) = of_vendor_error(&error, 503, &History::default(), &moment());
    assert_eq!(sample, Sample::Throttled(Some(Duration::from_secs(30))));
    assert!(!failure(&outcome).counted);
}

#[test]
fn every_answer_of_the_vendor_itself_tells_that_it_answers() {
    let sample = |kind| answered(kind, AppliedState::No, History::default()).1;
    assert_eq!(sample(ErrorKind::TooLarge), Sample::TooLarge);
    assert_eq!(sample(ErrorKind::Conflict), Sample::Answered);
    assert_eq!(sample(ErrorKind::Misdirected), Sample::Misdirected);
    assert_eq!(sample(ErrorKind::Unreadable), Sample::Unreadable);
}

#[test]
fn the_tries_of_an_answer_come_at_their_times() {
    use FailureClass as Class;
    const SECOND: Millis = 1_000;
    const MINUTE: Millis = 60 * SECOND;
    // A quarter is spread either way; in the middle three quarters of the longest are left.
    let waits = |kind, class, tries: u32| -> Vec<Millis> {
        let wait = |before| {
            let (outcome, _) = answered(kind, AppliedState::No, after(class, before));
            (failure(&outcome).next_at - NOW) / 3 * 4
        };
        (0..tries).map(wait).collect()
    };
    let not_found = waits(ErrorKind::NotFound, Class::NotFound, 5);
    assert_eq!(not_found, [1, 10, 60, 360, 1_440].map(|minutes| minutes * MINUTE));
    assert_eq!(waits(ErrorKind::Conflict, Class::Conflict, 3), [1, 3, 5].map(|seconds| seconds * SECOND));
    assert_eq!(waits(ErrorKind::Unreadable, Class::Unreadable, 4), [10 * SECOND; 4]);
}

#[test]
fn whoever_is_blocked_in_doubt_stays_suspect() {
    let doubt = |outcome: &Outcome| match outcome {
        Outcome::Blocked { suspect_until, .. } => *suspect_until,
        other => panic!("not blocked: {other:?}"),
    };
    let long = History { first_fail_at: Some(NOW - 28 * DAY), ..after(FailureClass::Unavailable, 200) };
    for (applied, suspect) in [(AppliedState::Maybe, Some(SUSPECT_UNTIL)), (AppliedState::No, None)] {
        let expired = answered(ErrorKind::Unavailable, applied, long).0;
        assert_eq!((block(&expired), doubt(&expired)), (BlockReason::Expired, suspect), "{applied:?}");
        let unreadable = answered(ErrorKind::Unreadable, applied, after(FailureClass::Unreadable, 4)).0;
        assert_eq!((block(&unreadable), doubt(&unreadable)), (BlockReason::Protocol, suspect), "{applied:?}");
    }
    for before in 0..2 {
        let (outcome, sample) = of_internal_error(&after(FailureClass::Internal, before), &moment());
        assert!(matches!(outcome, Outcome::Unknown { suspect_until: SUSPECT_UNTIL, .. }), "{outcome:?}");
        assert_eq!(sample, Sample::Nothing);
    }
    let (third, _) = of_internal_error(&after(FailureClass::Internal, 2), &moment());
    assert_eq!((block(&third), doubt(&third)), (BlockReason::Internal, Some(SUSPECT_UNTIL)));
}
