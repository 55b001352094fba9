use proof::world::{Crashes, Faults, Options, Reassert, Stress, run};

use crate::seeds::assert_good;

fn lost_answers(reassert: Reassert) -> Options {
    Options { faults: Faults::LostAnswers, crashes: Crashes::None, reassert, ..Options::default() }
}

#[test]
fn without_re_assert_vendors_end_with_old_values() {
    let diverged = (0..40).filter(|seed| run(*seed, lost_answers(Reassert::Off)).verdict.count("G9") > 0);
    let diverged = diverged.count();
    assert!(diverged >= 4, "{diverged} of 40 runs diverged");
}

#[test]
fn with_re_assert_none_does() {
    (0..40).for_each(|seed| assert_good(&run(seed, lost_answers(Reassert::On))));
}

#[test]
fn in_a_run_without_faults_no_vendor_sees_anything_twice() {
    for seed in 0..60 {
        let options = Options { faults: Faults::None, crashes: Crashes::None, ..Options::default() };
        let report = run(seed, options);
        assert_good(&report);
        assert_eq!(report.verdict.duplicated(), 0, "{report}");
        assert_eq!(report.verdict.indeterminate, 0, "{report}");
        assert!(report.verdict.sends > 0, "{report}");
    }
}

#[test]
fn configurations_that_come_and_go_mix_no_mappings() {
    (0..16).for_each(|seed| assert_good(&run(seed, stressed(Stress::Reloads))));
}

#[test]
fn nothing_goes_out_after_an_erase_that_meets_an_attempt_half_way() {
    (0..16).for_each(|seed| assert_good(&run(seed, stressed(Stress::Erasures))));
}

fn stressed(stress: Stress) -> Options {
    Options { faults: Faults::None, crashes: Crashes::None, stress, updates: 80, ..Options::default() }
}
