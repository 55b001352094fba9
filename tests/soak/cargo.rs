use std::process::{Command, Stdio};

/// Runs cargo in the workspace in the release profile, and answers what it printed; all of it as an error when it fails.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, String)]) -> Result<String, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cargo: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("{printed}\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}
