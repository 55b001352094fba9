use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The binary, built as the tests are; built once in a run of the tests.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build)
}

/// Runs a command of the binary to its end, without the environment of the tests.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary());
    command.env_clear().args(arguments).envs(environment.iter().copied());
    command.output().expect("the binary runs")
}

fn build() -> PathBuf {
    // target/<profile>/deps/<this test>
    let this = std::env::current_exe().expect("a test has a path");
    let profile_directory = this.ancestors().nth(2).expect("a test lies in its profile's directory");
    let target = profile_directory.parent().expect("a profile's directory lies in the target directory");
    let profile = match profile_directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "gateway", "--bin", "profile-gateway", "--profile", profile])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    profile_directory.join("profile-gateway")
}
