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

/// The long form: `cargo test --release -p e2e --test it -- --ignored --nocapture what_others_take`. `TROUBLE=hangs` is for
/// one of them.
#[test]
#[ignore = "takes minutes; prints a table"]
fn what_others_take_while_a_vendor_is_in_trouble() {
    let load = Load { warm: 100, paced: 500, rate: 250.0, burst: 500, callers: 8 };
    let only = std::env::var("TROUBLE").ok();
    let wanted = |trouble: &Trouble| only.as_deref().is_none_or(|only| trouble.name() == only);
    for trouble in Trouble::ALL.into_iter().filter(wanted) {
        eprintln!("{}", compare(&load, trouble, 5));
    }
}
