use canonical::FaultKind;
use delivery::store::StoreError;

use super::*;

#[test]
fn every_type_has_a_name_of_its_own_and_an_error_status() {
    let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    assert!(Kind::ALL.iter().all(|kind| (400..600).contains(&kind.status())));
}

#[test]
fn refusals_for_a_moment_say_when_to_come_back() {
    for error in [
        StoreError::Overloaded,
        StoreError::Full,
        StoreError::Closed,
        StoreError::OutcomeUnknown("fsync of /secret/path failed".to_owned()),
    ] {
        let problem = Problem::from(error);
        assert!(problem.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{problem}");
        assert_eq!(problem.kind.status(), 503);
        assert!(!problem.detail.contains("secret"));
    }
}

#[test]
fn a_body_with_many_mistakes_gets_a_short_answer() {
    let fault = |n: usize| Fault::new(FaultKind::UnknownLeaf, format!("/{n}"), "no such leaf");
    let problem = Problem::of_faults((0..10_000).map(fault).collect());
    assert_eq!((problem.errors.len(), problem.kind), (MOST_ERRORS, Kind::UnknownLeaf));
}
