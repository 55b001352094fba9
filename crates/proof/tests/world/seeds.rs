use std::ops::Range;

use proof::world::{Options, Report, run};

/// What is printed of a failed run is enough to see and to repeat it.
pub(crate) fn assert_good(report: &Report) {
    assert!(report.is_good(), "{report}");
}

fn all_good(seeds: Range<u64>) {
    seeds.map(|seed| run(seed, Options::default())).for_each(|report| assert_good(&report));
}

/// `SEED=7 cargo test -p proof --test world -- replay --nocapture` prints everything that happened in the run of seed 7.
#[test]
fn replay() {
    let Some(seed) = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) else { return };
    let options: Options = std::env::var("OPTIONS").unwrap_or_default().parse().expect("OPTIONS as printed");
    let report = run(seed, Options { keep_trace: true, ..options });
    report.lines.iter().for_each(|line| println!("{line}"));
    println!("{report}");
    assert_good(&report);
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_and_everything_comes_to_rest() {
    all_good(0..100);
}

#[test]
fn whatever_goes_wrong_no_older_value_goes_out_after_a_newer_one() {
    all_good(100..200);
}

#[test]
fn whatever_goes_wrong_every_request_is_about_the_right_person() {
    all_good(200..300);
}

#[test]
fn a_seed_is_one_run() {
    for seed in 1_000..1_024 {
        let (first, again) = (run(seed, Options::default()), run(seed, Options::default()));
        assert_eq!((first.hash, first.events), (again.hash, again.events), "seed {seed}");
        let other = run(seed + 100, Options::default());
        assert_ne!(first.hash, other.hash, "seed {seed}");
    }
}
