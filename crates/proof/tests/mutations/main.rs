//! Which check catches which seeded bug, and how fast. Bugs are in effect in the whole process, so every test here holds the
//! guard of [`delivery::mutation::seed`], also those that want none.
//!
//! `cargo test -p proof --test mutations -- --nocapture --test-threads 1` prints the table.

#![cfg(debug_assertions)]

#[path = "../../../store-sqlite/tests/disk/harness/mod.rs"]
#[expect(dead_code, reason = "the disk tests of the store need more of it")]
mod harness;

mod by_hand;
mod contract;
mod disk;
mod model;
mod release;
mod world;

use std::time::Instant;

use delivery::mutation::{Mutation, seed};

/// Looks for a bug until a check catches it; `look` answers what the check says of a seed. Without the bug the same check says
/// nothing of the same seeds.
#[expect(clippy::print_stdout, reason = "the table")]
fn catches(mutation: Mutation, most: u64, mut look: impl FnMut(u64) -> Option<String>) {
    let begun = Instant::now();
    let guard = seed(Some(mutation));
    let caught = (0..most).find_map(|seed| look(seed).map(|by| (seed + 1, by)));
    drop(guard);
    let took = begun.elapsed().as_millis();
    let Some((seeds, by)) = caught else { panic!("{mutation:?} is not caught by {most} seeds") };
    println!("{mutation:?} | {by} | {seeds} | {took} ms");
    let none = seed(None);
    let false_alarm = (0..seeds).find_map(&mut look);
    drop(none);
    assert_eq!(false_alarm, None, "without {mutation:?}");
}
