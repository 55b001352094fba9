//! Histories written by hand: a good one that is good, and for each rule a bad one that is found.

use serde_json::{Value as Json, json};

use super::*;

const ROUTE: &str = "communal";
const USER: &str = "crm-1";

/// Two updates of a title, each sent and confirmed.
fn good() -> History {
    let facts = RouteFacts { timeout: 15_000, settle: 60_000, start_window: 75_000, ..RouteFacts::default() };
    let mut history = History { starts: vec![0], ..History::default() };
    history.routes.insert(ROUTE.to_owned(), facts);
    history.ops = vec![update(1, 1_000, Some(1), "a"), update(2, 3_000, Some(2), "b")];
    history.sends = vec![send(1_100, "a"), send(3_100, "b")];
    let leaves = [("title".to_owned(), json!("b"))].into();
    let listed = vec![(1, 1, true), (2, 2, true)];
    history.users.insert(USER.to_owned(), UserEnd { version: 2, erased: false, leaves, listed });
    history.lanes = vec![LaneEnd {
        route: ROUTE.to_owned(),
        user: USER.to_owned(),
        subject: Some("89".to_owned()),
        subject_key: Some("89".to_owned()),
        standing: Standing::Settled,
        held: [].into(),
        carried: [("job_title".to_owned(), json!("b"))].into(),
        vendor: [("job_title".to_owned(), json!("b"))].into(),
    }];
    history
}

fn update(id: u64, at: Ms, version: Option<u64>, title: &str) -> Op {
    let change = Change {
        leaves: [("title".to_owned(), json!(title))].into(),
        wire: [(ROUTE.to_owned(), vec![wire("title", "job_title", json!(title))])].into(),
        subjects: if id == 1 { [(ROUTE.to_owned(), "89".to_owned())].into() } else { [].into() },
        ..Change::default()
    };
    op(id, at, version, Kind::Update(change))
}

fn wire(leaf: &str, field: &str, value: Json) -> Wire {
    Wire { leaf: leaf.to_owned(), field: field.to_owned(), form: Form::Carried(value) }
}

fn op(id: u64, at: Ms, version: Option<u64>, kind: Kind) -> Op {
    let outcome = version.map_or(Outcome::Unknown, |version| Outcome::Ok { version, bumped: true });
    Op { id, user: USER.to_owned(), kind, invoked: at, ended: version.map(|_| at + 10), outcome }
}

fn send(start: Ms, title: &str) -> Send {
    Send {
        route: ROUTE.to_owned(),
        user: USER.to_owned(),
        subject: "89".to_owned(),
        start,
        end: Some(start + 50),
        answer: Answer::Success,
        writes: vec![Write::Set("job_title".to_owned(), json!(title))],
    }
}

fn end(history: &mut History) -> &mut LaneEnd {
    &mut history.lanes[0]
}

fn user(history: &mut History) -> &mut UserEnd {
    history.users.get_mut(USER).expect("there")
}

fn at_vendor(history: &mut History, value: Json) {
    end(history).vendor.insert("job_title".to_owned(), value);
}

#[track_caller]
fn is_found(rule: &str, spoil: impl FnOnce(&mut History)) {
    let mut history = good();
    spoil(&mut history);
    let verdict = check(&history);
    assert!(verdict.count(rule) > 0, "{verdict}");
}

#[track_caller]
fn is_good(vary: impl FnOnce(&mut History)) -> Verdict {
    let mut history = good();
    vary(&mut history);
    let verdict = check(&history);
    assert!(verdict.is_good(), "{verdict}");
    verdict
}

#[test]
fn a_good_history_is_good() {
    let verdict = is_good(|_| ());
    assert_eq!((verdict.ops, verdict.sends, verdict.duplicated(), verdict.indeterminate), (2, 2, 0, 0));
}

#[test]
fn an_acknowledged_change_that_is_gone_is_lost() {
    is_found("lost", |history| user(history).version = 1);
    is_found("lost", |history| {
        user(history).leaves.insert("title".to_owned(), json!("a"));
    });
    is_found("lost", |history| user(history).erased = true);
}

#[test]
fn what_nobody_asked_for_is_unexpected() {
    is_found("unexpected", |history| user(history).version = 3);
    is_found("unexpected", |history| history.sends[1] = send(3_100, "c"));
    is_found("unexpected", |history| history.sends[0].user = "crm-2".to_owned());
    is_found("unexpected", |history| history.ops[1].outcome = Outcome::Refused);
    is_found("unexpected", |history| history.sends[1].start = 2_900);
}

#[test]
fn versions_are_dense_unique_and_agree_with_real_time() {
    is_found("G4", |history| history.ops[1].outcome = Outcome::Ok { version: 1, bumped: true });
    is_found("G4", |history| {
        history.ops[0].outcome = Outcome::Ok { version: 2, bumped: true };
        history.ops[1].outcome = Outcome::Ok { version: 1, bumped: true };
        user(history).listed.clear();
    });
    is_found("G26", |history| user(history).listed[0] = (1, 2, true));
}

#[test]
fn who_got_no_answer_may_have_been_heard_or_not() {
    let unheard = is_good(|history| history.ops.push(update(3, 5_000, None, "c")));
    assert_eq!((unheard.indeterminate, unheard.recovered), (1, 0));
    let heard = is_good(|history| {
        history.ops.push(update(3, 5_000, None, "c"));
        history.sends.push(send(5_100, "c"));
        let end_of_user = user(history);
        end_of_user.version = 3;
        end_of_user.leaves.insert("title".to_owned(), json!("c"));
        end_of_user.listed.push((3, 3, true));
        end(history).carried.insert("job_title".to_owned(), json!("c"));
        at_vendor(history, json!("c"));
    });
    assert_eq!((heard.indeterminate, heard.recovered), (0, 1));
}

#[test]
fn two_requests_at_once_are_found_and_a_given_up_one_does_not_count() {
    let late = |history: &mut History, end: Option<Ms>, answer| {
        history.sends[0].end = end;
        history.sends[0].answer = answer;
    };
    is_found("G5", |history| late(history, Some(4_000), Answer::Success));
    is_good(|history| {
        late(history, None, Answer::Unknown);
        history.stops.push(2_000);
        history.starts.push(2_100);
        history.sends.push(send(80_000, "b"));
    });
}

#[test]
fn an_older_value_after_a_newer_one_is_found() {
    is_found("G6", |history| history.sends.push(send(4_000, "a")));
}

#[test]
fn a_field_that_another_leaf_had_meanwhile_goes_back_to_its_newest_value_and_to_no_older_one() {
    let goes_back = |to: &str| {
        let to = send(6_000, to);
        move |history: &mut History| {
            let change = Change {
                leaves: [("custom.tier".to_owned(), json!("x"))].into(),
                wire: [(ROUTE.to_owned(), vec![wire("custom.tier", "job_title", json!("x"))])].into(),
                ..Change::default()
            };
            history.ops.push(op(3, 4_000, Some(3), Kind::Update(change)));
            history.sends.extend([send(5_000, "x"), to]);
            history.nudges.push(Nudge { from: 5_500, to: Some(5_600), route: None, user: None });
            let end = user(history);
            end.version = 3;
            end.listed.push((3, 3, true));
            end.leaves.insert("custom.tier".to_owned(), json!("x"));
        }
    };
    is_good(goes_back("b"));
    is_found("G6", goes_back("a"));
}

#[test]
fn a_vendor_that_is_left_behind_is_found() {
    is_found("G9", |history| at_vendor(history, json!("a")));
    is_found("G9", |history| end(history).standing = Standing::Pending("owed".to_owned()));
}

#[test]
fn a_block_or_hold_without_a_vendors_answer_is_found() {
    is_found("G8", |history| end(history).standing = Standing::Blocked("Rejected".to_owned()));
    is_found("G8", |history| {
        end(history).held.insert("job_title".to_owned());
        at_vendor(history, json!("a"));
    });
    is_good(|history| {
        history.sends[1].answer = Answer::Rejected;
        end(history).held.insert("job_title".to_owned());
        at_vendor(history, json!("a"));
    });
}

#[test]
fn a_request_after_an_erase_is_found() {
    is_found("G23", |history| {
        history.ops.push(op(3, 5_000, Some(3), Kind::Erase));
        history.sends.push(send(6_000, "b"));
        *user(history) = UserEnd { version: 3, erased: true, ..UserEnd::default() };
        end(history).standing = Standing::Erased;
    });
}

#[test]
fn a_request_that_names_a_stranger_is_found() {
    is_found("G21", |history| history.sends[1].subject = "90".to_owned());
}

#[test]
fn two_people_with_one_subject_are_found() {
    is_found("G22", |history| {
        let other = LaneEnd { user: "crm-2".to_owned(), ..history.lanes[0].clone() };
        history.lanes.push(other);
    });
}

#[test]
fn every_repetition_needs_a_cause_and_is_counted_under_it() {
    let again = |history: &mut History, answer| {
        history.sends[1].answer = answer;
        history.sends.push(send(4_000, "b"));
    };
    is_found("duplicate", |history| again(history, Answer::Success));
    let counted = |vary: &dyn Fn(&mut History)| is_good(vary).duplicates;
    assert_eq!(counted(&|history| again(history, Answer::NotApplied)), [(Cause::Retry, 1)].into());
    assert_eq!(counted(&|history| again(history, Answer::Rejected)), [(Cause::Refused, 1)].into());
    let resync = |history: &mut History| {
        again(history, Answer::Success);
        history.nudges.push(Nudge { from: 3_900, to: Some(3_950), route: None, user: None });
    };
    assert_eq!(counted(&resync), [(Cause::Operator, 1)].into());
    let crash = |history: &mut History| {
        history.sends[1].answer = Answer::Unknown;
        history.stops.push(3_500);
        history.starts.push(3_900);
        history.sends.push(send(4_000, "b"));
        history.sends.push(send(80_000, "b"));
    };
    assert_eq!(counted(&crash), [(Cause::Crash, 1), (Cause::Reassert, 1)].into());
}

#[test]
fn a_value_that_is_taken_back_soon_may_meet_an_attempt_that_carried_it_all_the_same() {
    let taken_back = |sent: Ms| {
        move |history: &mut History| {
            history.ops.extend([update(3, 5_000, Some(3), "c"), update(4, 5_500, Some(4), "b")]);
            history.sends.extend([send(sent, "b"), send(sent + 1_000, "b")]);
            let end = user(history);
            end.version = 4;
            end.listed.extend([(3, 3, true), (4, 4, true)]);
        }
    };
    is_good(taken_back(6_000));
    is_found("duplicate", taken_back(60_000));
}

#[test]
fn a_slow_attempt_was_begun_when_its_first_request_was() {
    let assert_again = |slowest: Ms| {
        let removal = |start: Ms, end: Ms| Send {
            end: Some(end),
            writes: vec![Write::Remove("job_title".to_owned(), "x".to_owned())],
            ..send(start, "b")
        };
        let mut history = good();
        history.sends[1] = Send { answer: Answer::Unknown, end: Some(18_100), ..send(3_100, "b") };
        history.sends.push(send(60_000, "b"));
        history.sends.push(removal(70_000, 70_000 + slowest));
        history.sends.push(removal(120_000, 120_050));
        history.sends.push(send(130_000, "b"));
        history.sends.push(removal(131_000, 131_050));
        check(&history)
    };
    let verdict = assert_again(40_000);
    assert!(verdict.is_good(), "{verdict}");
    assert!(assert_again(50).count("duplicate") > 0, "what follows an idle minute is another attempt");
}
