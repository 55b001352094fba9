//! The corpus and five thousand mutations of it for each target, on stable Rust.

use std::{fs, panic};

use fuzz_corpus::{Run, TARGETS, corpus, mutate::Mutator};

const MUTATIONS: usize = 5_000;
const SEED: u64 = 20_261_121;

fn run(target: Run, input: &[u8], what: &str) {
    let outcome = panic::catch_unwind(|| target(input));
    assert!(outcome.is_ok(), "{what} breaks a promise: {}", input.escape_ascii());
}

#[test]
fn every_input_of_the_corpus_keeps_the_promises() {
    for (name, target) in TARGETS {
        let items = corpus::load(name).expect(name);
        assert!(items.len() >= 5, "{name} has too small a corpus");
        for item in items {
            run(*target, &item.bytes, &format!("{name}/{}", item.name));
        }
    }
}

#[test]
fn mutations_of_the_corpus_keep_the_promises() {
    for (name, target) in TARGETS {
        let items = corpus::load(name).expect(name);
        let mut mutator = Mutator::new(&items, SEED);
        for number in 0..MUTATIONS {
            run(*target, &mutator.next_input(), &format!("mutation {number} of {name}"));
        }
    }
}

#[test]
fn equal_seeds_make_equal_inputs_and_others_make_others() {
    let items = corpus::load("json").expect("the corpus");
    let inputs = |seed| {
        let mut mutator = Mutator::new(&items, seed);
        (0..100).map(|_| mutator.next_input()).collect::<Vec<_>>()
    };
    assert_eq!(inputs(7), inputs(7));
    assert_ne!(inputs(7), inputs(8));
}

/// A target that could not fail would prove nothing: each refuses to call a broken parser right.
#[test]
fn a_broken_promise_is_found() {
    let broken: Run = |data| assert!(!data.contains(&b'"'), "a quote");
    let items = corpus::load("json").expect("the corpus");
    let mut mutator = Mutator::new(&items, SEED);
    let found = (0..MUTATIONS).any(|_| {
        let input = mutator.next_input();
        panic::catch_unwind(|| broken(&input)).is_err()
    });
    assert!(found);
}

#[test]
fn the_corpus_stays_small_and_has_a_folder_for_each_target() {
    let root = corpus::folder("");
    let folders: Vec<_> =
        fs::read_dir(root).expect("the corpus").map(|entry| entry.expect("an entry")).collect();
    let known =
        |name: &str| TARGETS.iter().any(|(target, _)| *target == name) || cfg!(not(feature = "gateway"));
    let mut sizes = Vec::new();
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(known(&name), "{name} belongs to no target");
        sizes.extend(corpus::load(&name).expect("a folder").iter().map(|item| item.bytes.len()));
    }
    assert!(sizes.len() <= 220 && sizes.iter().sum::<usize>() <= 200 * 1024, "{} files", sizes.len());
}
