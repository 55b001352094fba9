//! One lane against its vendor, every word at every moment.

#[cfg(debug_assertions)]
use delivery::mutation::seed;
use proof::model::run;

#[test]
fn every_word_about_a_field_is_true_of_the_vendor_at_that_moment() {
    #[cfg(debug_assertions)]
    let _none = seed(None);
    let seeds: u64 = std::env::var("MODEL_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1_500);
    for seed in 0..seeds {
        if let Err(wrong) = run(seed) {
            panic!("{wrong}");
        }
    }
}
