use std::collections::BTreeMap;

use canonical::Leaf;

use super::*;
use crate::drift::{Finding, Verification, Verified, VerifyOutcome};

const THRESHOLDS: Thresholds = Thresholds { blocked: 10, backlog: 600_000, kept: Some(100) };

fn seen(breaker: Option<bool>, blocked: u64, behind: Millis) -> Seen {
    Seen { breaker, blocked, behind, keeping: 0 }
}

#[test]
fn what_moves_around_a_threshold_is_told_once() {
    let mut lasted = false;
    let lasts: Vec<bool> = [9, 10, 9, 11, 6, 5, 6, 9, 10]
        .into_iter()
        .map(|blocked| {
            lasted = THRESHOLDS.lasts(Condition::Blocked, lasted, &seen(None, blocked, 0));
            lasted
        })
        .collect();
    assert_eq!(lasts, [false, true, true, true, true, false, false, false, true]);
    let behind = |lasted, behind| THRESHOLDS.lasts(Condition::Backlog, lasted, &seen(None, 0, behind));
    assert!(
        !behind(false, 599_999) && behind(false, 600_000) && behind(true, 300_001) && !behind(true, 300_000)
    );
    let kept = |lasted, keeping| {
        let seen = Seen { keeping, ..seen(None, 0, 0) };
        (
            THRESHOLDS.lasts(Condition::Kept, lasted, &seen),
            Thresholds { kept: None, ..THRESHOLDS }.lasts(Condition::Kept, lasted, &seen),
        )
    };
    assert_eq!(
        [kept(false, 99), kept(false, 100), kept(true, 51), kept(true, 50)].map(|(on, _)| on),
        [false, true, true, false]
    );
    assert!(
        !kept(false, u64::MAX).1 && !kept(true, u64::MAX).1,
        "nobody is told unless a threshold is given"
    );
    // A threshold of one ends at none.
    let one = Thresholds { blocked: 1, ..THRESHOLDS };
    assert!(one.lasts(Condition::Blocked, true, &seen(None, 1, 0)));
    assert!(!one.lasts(Condition::Blocked, true, &seen(None, 0, 0)));
}

#[test]
fn a_breaker_of_which_nothing_was_heard_stays_as_it_was() {
    for lasted in [false, true] {
        let lasts = |breaker| THRESHOLDS.lasts(Condition::Breaker, lasted, &seen(breaker, 0, 0));
        assert_eq!((lasts(None), lasts(Some(true)), lasts(Some(false))), (lasted, true, false));
        assert_eq!(THRESHOLDS.lasts(Condition::Drift, lasted, &seen(None, 0, 0)), lasted);
    }
}

#[test]
fn words_are_read_as_they_are_written() {
    for kind in EventKind::all() {
        assert_eq!(EventKind::of_name(kind.name()), Some(*kind));
    }
    for condition in <Condition as strum::VariantArray>::VARIANTS.iter().copied() {
        assert_eq!(Condition::of_name(condition.name()), Some(condition));
        assert_ne!(condition.begins(), condition.ends());
    }
}

#[test]
fn a_receiver_that_is_down_is_told_again_for_three_days_and_ever_less_often() {
    let (mut age, mut tries, mut waits) = (0, 0, Vec::new());
    loop {
        tries += 1;
        match next(Answer::Unavailable, tries, age, 0.5) {
            Next::Again(wait) => waits.push(wait),
            other => break assert_eq!(other, Next::GiveUp),
        }
        age += waits[waits.len() - 1];
    }
    assert_eq!(waits[..7], [5_000, 15_000, 45_000, 135_000, 405_000, 1_215_000, 3_600_000]);
    assert!((KEPT_FOR..KEPT_FOR + 2 * 3_600_000).contains(&age) && tries < 90, "{tries} in {age}");
}

#[test]
fn an_event_that_is_refused_makes_room_for_the_next_one() {
    let tries = (1..).take_while(|tries| next(Answer::Refused, *tries, 0, 0.5) != Next::GiveUp);
    assert_eq!(tries.count(), 7);
    assert_eq!(next(Answer::Refused, 1, KEPT_FOR, 0.5), Next::GiveUp);
    assert_eq!(next(Answer::Taken, 9, KEPT_FOR, 0.5), Next::Done);
    let (early, late) = (next(Answer::Refused, 1, 0, 0.0), next(Answer::Refused, 1, 0, 0.999));
    assert!(matches!((early, late), (Next::Again(4_500), Next::Again(5_400..5_500))), "{early:?} {late:?}");
}

#[test]
fn only_a_2xx_is_taken() {
    let of = Answer::of_status;
    assert_eq!([200, 204, 299].map(of), [Answer::Taken; 3]);
    assert_eq!([408, 425, 429, 500, 503, 599].map(of), [Answer::Unavailable; 6]);
    assert_eq!([100, 301, 307, 400, 401, 404, 410].map(of), [Answer::Refused; 7]);
}

#[test]
fn a_comparison_counts_whom_the_vendor_has_shown() {
    let compared = |findings: &[(Leaf, Finding)]| VerifyOutcome::Compared(findings.iter().cloned().collect());
    let outcomes = [
        compared(&[(Leaf::Title, Finding::Same), (Leaf::Email, Finding::NotShown)]),
        compared(&[(Leaf::Title, Finding::Differs), (Leaf::Email, Finding::Same)]),
        compared(&[(Leaf::Title, Finding::NotShown), (Leaf::Email, Finding::Behind)]),
        VerifyOutcome::Gone,
        VerifyOutcome::NotServed,
    ];
    let user: canonical::UserId = "crm-1".parse().expect("an id");
    let verified =
        |outcome| Verified { user: user.clone(), route: RouteId(7), outcome, kept: BTreeMap::new() };
    let results = outcomes.into_iter().map(verified).collect();
    let found = Drift::of(&Verification { results, unreached: Vec::new() });
    let drift = Drift { compared: 3, differing: 2, leaves: [Leaf::Title].into() };
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(RouteId(7), drift)]);
}
