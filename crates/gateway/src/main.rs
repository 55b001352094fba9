//! `profile-gateway`: one change to a person in, every vendor in step.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::cli::run()
}
