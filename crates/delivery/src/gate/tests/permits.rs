//! How many requests at one time, how many retries, how fast.

use super::*;

#[test]
fn permits_are_given_back_and_grow_with_success_at_the_limit() {
    let mut gate = gate();
    for _ in 0..4 {
        gate.admit(0).expect("the first four");
    }
    assert_eq!(gate.admit(0), Err(Refusal::Concurrency));
    for lane in 0..4 {
        gate.settle(ended(lane, Sample::Success, 0));
    }
    assert_eq!(gate.concurrency().0, 0);
    for _ in 0..200 {
        while gate.admit(0).is_ok() {}
        for lane in 0..i64::from(gate.concurrency().0) {
            gate.settle(ended(lane, Sample::Success, 0));
        }
    }
    assert_eq!(gate.concurrency(), (0, 16));
}

#[test]
fn congestion_halves_the_limit_once_per_timeout() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Failure, 0);
    attempt(&mut gate, 1, Sample::Failure, 1);
    assert_eq!(gate.concurrency().1, 2);
    attempt(&mut gate, 1, Sample::Failure, 20_000);
    assert_eq!(gate.concurrency().1, 1);
}

#[test]
fn retries_are_a_fifth_of_first_attempts_and_one_a_second() {
    let mut gate = gate();
    assert_eq!(gate.retries_allowed(0), 0);
    assert_eq!(gate.retries_allowed(5_000), 5);
    gate.claimed(100, 5, 5_000);
    assert_eq!(gate.retries_allowed(5_000), 20);
    gate.claimed(0, 20, 5_000);
    gate.admit(5_000).expect("admitted");
    gate.settle(Ended { attempt: 3, ..ended(1, Sample::Success, 5_000) });
    assert_eq!(gate.retries_allowed(5_000), 1, "a retry that works costs nothing");
}

#[test]
fn a_bucket_gives_its_rate_and_one_second_at_once() {
    let mut bucket = Bucket::new(Rate::PerSecond(5.0));
    let taken = (0..20).filter(|_| bucket.take(0).is_ok()).count();
    assert_eq!(taken, 5);
    assert_eq!(bucket.take(0), Err(200));
    assert_eq!(bucket.take(200), Ok(()));
    let mut slow = Bucket::new(Rate::PerSecond(0.5));
    assert_eq!((slow.take(0), slow.take(0)), (Ok(()), Err(2_000)));
    let mut unlimited = Bucket::new(Rate::Unlimited);
    assert!((0..1_000).all(|_| unlimited.take(0).is_ok()));
}

#[test]
fn a_token_that_was_not_used_goes_back_into_the_bucket_and_never_above_its_rim() {
    let mut bucket = Bucket::new(Rate::PerSecond(2.0));
    assert_eq!((bucket.take(0), bucket.take(0), bucket.take(0)), (Ok(()), Ok(()), Err(500)));
    bucket.give_back();
    assert_eq!((bucket.take(0), bucket.take(0)), (Ok(()), Err(500)));
    (0..9).for_each(|_| bucket.give_back());
    assert_eq!((bucket.take(0), bucket.take(0), bucket.take(0)), (Ok(()), Ok(()), Err(500)));
    // Nor does a bucket that nobody takes from run over.
    let taken = (0..20).filter(|_| bucket.take(3_600_000).is_ok()).count();
    assert_eq!(taken, 2);
}

#[test]
fn a_minute_of_retries_is_the_most_that_is_saved_up() {
    let mut gate = gate();
    for minute in 1..=10 {
        assert_eq!(gate.retries_allowed(minute * 60_000), 60);
    }
    assert_eq!(gate.retries_allowed(60 * 3_600_000), 60, "nor does an idle hour count for more");
    gate.claimed(100, 0, 60 * 3_600_000);
    assert_eq!(gate.retries_allowed(60 * 3_600_000), 60);
}

#[test]
fn an_attempt_that_succeeds_at_once_earns_no_retry() {
    let mut gate = gate();
    attempt(&mut gate, 1, Sample::Success, 0);
    assert_eq!(gate.retries_allowed(0), 0);
}

#[test]
fn a_permit_that_was_not_used_is_given_back() {
    let mut gate = busy(4);
    assert_eq!(gate.admit(0), Err(Refusal::Concurrency));
    gate.give_back();
    assert_eq!((gate.concurrency().0, gate.admit(0), gate.admit(0)), (3, Ok(()), Err(Refusal::Concurrency)));
}

#[test]
fn the_limit_grows_only_when_it_is_reached_and_never_above_the_ceiling() {
    let mut gate = gate();
    (0..100).for_each(|lane| drop(attempt(&mut gate, lane, Sample::Success, 0)));
    assert_eq!(gate.concurrency(), (0, 4), "one at a time needs no more");
    let mut narrow = Gate::new(&limits(5), 0);
    for _ in 0..100 {
        while narrow.admit(0).is_ok() {}
        for lane in 0..i64::from(narrow.concurrency().0) {
            narrow.settle(ended(lane, Sample::Success, 0));
        }
    }
    assert_eq!(narrow.concurrency(), (0, 5));
    narrow.reconfigured(&limits(3), 0);
    assert_eq!(narrow.concurrency(), (0, 3), "a lower ceiling holds at once");
}
