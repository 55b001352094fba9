//! No release build has a seeded bug.

use std::process::Command;

/// What the crates of a package are built with, without its tests.
fn features_of(package: &str) -> String {
    let arguments =
        ["tree", "--package", package, "--edges", "normal,build,features", "--offline", "--locked"];
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_gateway_is_built_without_the_feature() {
    let features = features_of("gateway");
    assert!(features.contains("delivery v"), "{features}");
    assert!(!features.contains("mutations"), "the gateway can be wrong on purpose");
}
