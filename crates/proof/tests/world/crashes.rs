use proof::world::{Crashes, Faults, Options, run};

use crate::seeds::assert_good;

fn small(crashes: Crashes, faults: Faults) -> Options {
    Options { users: 2, updates: 6, chaos: 40_000, faults, crashes, ..Options::default() }
}

/// Once for each effect of a run's chaos: before and after each commit, before each request, after each answer.
fn at_every_effect(seed: u64, faults: &Faults) {
    for effect in 1.. {
        let report = run(seed, small(Crashes::AtEffect(effect), faults.clone()));
        assert!(report.is_good(), "crash at effect {effect}: {report}");
        if report.ends == 0 {
            assert!(effect > 50, "the run of seed {seed} has {effect} effects");
            return;
        }
    }
}

#[test]
fn a_crash_anywhere_loses_nothing() {
    (0..2).for_each(|seed| at_every_effect(seed, &Faults::None));
}

#[test]
fn a_crash_anywhere_while_answers_get_lost_loses_nothing() {
    at_every_effect(3, &Faults::LostAnswers);
}

#[test]
fn a_crash_anywhere_among_all_other_faults_loses_nothing() {
    for seed in [2_000, 2_001] {
        for effect in (1..400).step_by(7) {
            assert_good(&run(seed, Options { crashes: Crashes::AtEffect(effect), ..Options::default() }));
        }
    }
}
