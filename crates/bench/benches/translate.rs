//! What translation costs: from what a lane owes to the bytes of the vendor's request, and from the vendor's answer to a
//! verdict.
//!
//! `cargo bench -p bench --bench translate` measures time. `cargo bench -p bench --bench translate -- --instructions` counts
//! instructions under valgrind, which must be installed; they do not depend on what else the machine does.

#[path = "translate/instructions.rs"]
mod instructions;
#[path = "translate/typical.rs"]
mod typical;

use criterion::Criterion;

use typical::{Job, jobs, patch};

/// Tells the child that runs under valgrind what to do, and how often: `--run 3 1000`.
const RUN: &str = "--run";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [RUN, job, times] => run(job.parse().expect("a number"), times.parse().expect("a number")),
        arguments if arguments.contains(&"--instructions") => instructions::print(),
        _ => measure(),
    }
}

fn measure() {
    let mut criterion = Criterion::default().configure_from_args();
    for job in all() {
        criterion.bench_function(&job.name, |bencher| bencher.iter(|| (job.run)()));
    }
    criterion.final_summary();
}

fn run(job: usize, times: usize) {
    let job = all().swap_remove(job);
    (0..times).for_each(|_| (job.run)());
}

/// Reading a caller's body, and both ways of each adapter.
fn all() -> Vec<Job> {
    std::iter::once(patch()).chain(jobs()).collect()
}
