//! `profile-gateway`: one change to a person in, every vendor in step.

use std::process::ExitCode;

/// Many small values of short life on several threads: what the usual one of Linux is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gateway::cli::run()
}
