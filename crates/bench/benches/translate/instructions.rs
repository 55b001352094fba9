//! Instructions of one translation: what valgrind counts for many of them, less what it counts for few.

use std::{env, path::Path, process::Command};

const FEW: u64 = 200;
const MANY: u64 = 1_200;

/// Prints the instructions of each job.
#[allow(clippy::print_stdout)]
pub(crate) fn print() {
    println!("{:<24}{:>14}", "", "instructions");
    for (number, job) in crate::all().iter().enumerate() {
        let each = (count(number, MANY) - count(number, FEW)) / (MANY - FEW);
        println!("{:<24}{each:>14}", job.name);
    }
}

/// The instructions of a whole process that does a job so many times.
fn count(job: usize, times: u64) -> u64 {
    let program = env::current_exe().expect("a program has a path");
    let out = program.with_extension(format!("callgrind.{}", std::process::id()));
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", out.display()));
    valgrind.arg(&program).args([crate::RUN, &job.to_string(), &times.to_string()]);
    let ran = valgrind.output().expect("valgrind is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let counted = total(&out);
    // What is left over is in the way of nobody.
    let _ = std::fs::remove_file(&out);
    counted
}

/// The line `totals: N` of callgrind's file.
fn total(out: &Path) -> u64 {
    let text = std::fs::read_to_string(out).expect("callgrind has written its file");
    let total = text.lines().find_map(|line| line.strip_prefix("totals:"));
    total.expect("callgrind tells the total").trim().parse().expect("a number")
}
