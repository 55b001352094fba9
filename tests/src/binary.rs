use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The binary that the variable `GATEWAY_BINARY` names, or else one that is built as the tests are, once in a run of them.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("GATEWAY_BINARY").map_or_else(build, PathBuf::from))
}

/// Runs a command of the binary to its end, without the environment of the tests.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary());
    command.env_clear().args(arguments).envs(environment.iter().copied());
    command.output().expect("the binary runs")
}

const OF_THE_TEST: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

fn build() -> PathBuf {
    // target/<profile>/deps/<this test>, or target/<profile>/<this program>
    let this = std::env::current_exe().expect("a test has a path");
    let directory = this.parent().expect("a program lies in a directory");
    let is_test = directory.file_name().is_some_and(|name| name == "deps");
    let profile_directory = if is_test { directory.parent().unwrap_or(directory) } else { directory };
    let target = profile_directory.parent().expect("a profile's directory lies in the target directory");
    let profile = match profile_directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet", "--package", "gateway", "--bin", "profile-gateway", "--profile", profile])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .env("CARGO_TARGET_DIR", target);
    // What cargo tells a test about the test's package would make other packages' build scripts run again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| OF_THE_TEST.iter().any(|prefix| name.starts_with(prefix))) {
            build.env_remove(name);
        }
    }
    let built = build.output().expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    profile_directory.join("profile-gateway")
}
