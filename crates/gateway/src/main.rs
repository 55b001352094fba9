//! `profile-gateway`: one change to a person in, every vendor in step.

use std::process::ExitCode;

/// mimalloc, because the gateway makes many short-lived allocations on several threads, where the allocator of glibc is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gateway::cli::run()
}
