//! What blocks a lane, and what releases it.

use super::*;

fn blocked(reason: BlockReason) -> Case {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    let class = FailureClass::Invalid;
    let outcome =
        Outcome::Blocked { reason, class, status: None, release_subject: false, suspect_until: None };
    case.attempt(0, outcome);
    assert_eq!(case.lane.state, State::Blocked(reason));
    case
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
        let mut case = blocked(reason);
        case.update(&[Leaf::Title], 200);
        assert_eq!(case.lane.state == State::Ready, by_carried, "{reason:?} by a carried leaf");
        let mut case = blocked(reason);
        case.accept(&[Leaf::Email], 200);
        assert_eq!(case.lane.state == State::Ready, by_email, "{reason:?} by an e-mail address");
        for (rearm, expected) in [
            (Rearm::Due, by_time),
            (Rearm::RouteWorks, by_route),
            // A value that is missing stays missing.
            (Rearm::Retry, reason != NeedsData),
            (Rearm::Resync, true),
        ] {
            let mut case = blocked(reason);
            case.rearm(rearm.clone(), 25 * HOUR);
            assert_eq!(case.lane.state == State::Ready, expected, "{reason:?} by {rearm:?}");
        }
    }
}

#[test]
fn a_lane_that_is_in_flight_at_three_starts_in_a_row_is_blocked() {
    let mut case = Case::in_step(&[Leaf::Title]);
    case.update(&[Leaf::Title], 0);
    for at in [0, 10_000, 20_000] {
        case.claim(at);
        case.start(at + 100);
    }
    assert_eq!(case.lane.state, State::Blocked(BlockReason::Internal));
    case.rearm(Rearm::Retry, 30_000);
    assert_eq!(case.lane.state, State::Ready);
}
