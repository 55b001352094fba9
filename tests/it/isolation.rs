use e2e::isolation::{Load, Trouble, compare};

/// How often a comparison is repeated when the machine was too busy for it.
const TRIES: usize = 3;

const LOAD: Load = Load { warm: 20, paced: 100, rate: 150.0, burst: 100, callers: 4 };

#[test]
fn the_trouble_of_one_vendor_does_not_double_what_others_take() {
    for trouble in [Trouble::Hangs, Trouble::Fails, Trouble::Floods, Trouble::ThreeDead] {
        let mut seen = Vec::new();
        for _ in 0..TRIES {
            let comparison = compare(&LOAD, trouble, 3);
            if comparison.p99_ratio <= 2.0 && comparison.throughput_ratio >= 0.5 {
                break;
            }
            seen.push(comparison.to_string());
        }
        assert!(seen.len() < TRIES, "{}", seen.join("\n"));
    }
}

#[test]
fn what_a_slow_vendor_takes_itself_is_seen() {
    let comparison = compare(&LOAD, Trouble::Slow, 1);
    assert!(comparison.p99_ratio > 2.0 && comparison.throughput_ratio < 0.5, "{comparison}");
}
