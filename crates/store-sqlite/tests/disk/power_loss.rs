//! G1: what was answered survives the loss of power at any moment, and nothing is found half done.

use std::sync::atomic::{AtomicUsize, Ordering};

use vfs_shim::Habit;

use crate::harness::{
    lives::{LIVES, PER_LIFE, losses, run},
    on_all_processors, setting,
    told::told_only_what_is_there,
    verdict::Finding,
};

#[test]
fn what_was_answered_survives_every_loss_of_power() {
    let points: usize = setting("POWER_LOSS_POINTS", 500);
    let first: u64 = setting("POWER_LOSS_SEED", 0);
    let seeds = first..first + points.div_ceil(PER_LIFE * LIVES) as u64;
    let tried = AtomicUsize::new(0);
    on_all_processors(seeds, |seed| {
        run(seed, Habit::Honest, &|result, place| {
            let tried = tried.fetch_add(1, Ordering::Relaxed) + 1;
            if let Err(finding) = result {
                panic!("{finding:?}\nrepeat it with POWER_LOSS_SEED={seed} POWER_LOSS_POINTS=1: {place}");
            }
            if tried.is_multiple_of(2_000) {
                println!("{tried} losses of power");
            }
        });
    });
    println!("{} losses of power, nothing lost", tried.into_inner());
}

/// How many of some losses of power are found to lose what was answered.
fn lost(habit: Habit) -> (usize, usize) {
    let (tried, found) = losses(0..3, habit);
    (tried, found.iter().filter(|finding| matches!(finding, Finding::Lost(_))).count())
}

#[test]
fn a_store_that_does_not_synchronise_its_commits_is_found_out() {
    let (tried, lost) = lost(Habit::Careless);
    println!("{lost} of {tried} losses of power lose something");
    assert!(lost * 4 > tried, "only {lost} of {tried}");
}

#[test]
fn a_store_that_answers_before_its_commit_is_durable_is_found_out() {
    let (tried, lost) = lost(Habit::LiesAboutSync);
    println!("{lost} of {tried} losses of power lose something");
    assert!(lost * 4 > tried, "only {lost} of {tried}");
}

#[test]
fn who_waits_for_a_change_is_told_of_it_when_it_is_there() {
    assert_eq!(told_only_what_is_there(60), Ok(()));
}
