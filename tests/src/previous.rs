//! The gateway of another commit, for one database that old and new gateways work on in turns.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Builds the gateway of a commit in a worktree of its own and answers where the binary is. What the build needs stays in
/// `target/previous` for the next one; it takes minutes when nothing is there.
///
/// # Panics
/// When there is no such commit, or it cannot be built.
pub fn build(revision: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let worktree = tempfile::Builder::new().prefix("profile-gateway-previous-").tempdir();
    let worktree = worktree.expect("a temporary directory");
    let path = worktree.path().join("source");
    let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
    run(Command::new("git").current_dir(root).args(["worktree", "add", "--detach", &text(&path), revision]));
    let target = root.join("target/previous");
    // The one that runs this, or the one on the path: each knows which compiler is its own.
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.current_dir(&path).args(["build", "--quiet", "--package", "gateway", "--bin", "profile-gateway"]);
    for (name, _) in std::env::vars_os() {
        // What cargo tells a test about the test's package is not for this build.
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_")) {
            build.env_remove(name);
        }
    }
    let built = build.arg("--target-dir").arg(&target).status();
    run(Command::new("git").current_dir(root).args(["worktree", "remove", "--force", &text(&path)]));
    assert!(built.is_ok_and(|status| status.success()), "the gateway of {revision} cannot be built");
    target.join("debug/profile-gateway")
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
