//! What the configuration accepts and refuses, with the place of each mistake.

mod bad_routes;
mod bad_texts;
mod diffs;
mod good;
mod overrides;
mod reference;
mod schema;
mod secrets;
mod typed;
mod unseen;
mod webhooks;

use std::path::Path;

use super::{Config, ConfigDiff, ConfigErrors, Environment, Mistake, Place};

/// A file that is right; tests change one thing in it.
const GOOD: &str = r#"[store]
sqlite = "gateway.db"

[[keys]]
name = "crm"
hash = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
scopes = ["update", "read"]

[routes.main]
vendor = "communal"
base_url = "https://api.getcommunal.com"
credential = { env = "TOKEN" }
"#;

/// The variables that tests refer to.
fn environment() -> Environment {
    [("TOKEN", "canary-7Q"), ("OTHER_TOKEN", "canary-8R"), ("BROKEN_TOKEN", "a\nb"), ("EMPTY_TOKEN", "")]
        .into_iter()
        .collect()
}

/// Reads a file; what is taken is taken by the schema, too.
fn read(text: &str) -> Result<Config, ConfigErrors> {
    let read = Config::parse("gateway.toml", text, Path::new("/nowhere"), &environment());
    if read.is_ok() {
        schema::assert_taken(text);
    }
    read
}

fn read_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let all: Environment = [("TOKEN", "canary-7Q")].iter().chain(variables).copied().collect();
    Config::parse("gateway.toml", text, Path::new("/nowhere"), &all)
}

fn good() -> Config {
    read(GOOD).expect("the good file")
}

/// `GOOD` with lines at its end, which belong to the route.
fn with(lines: &str) -> String {
    format!("{GOOD}{lines}\n")
}

/// `GOOD` with a part replaced.
fn replaced(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replace(from, to)
}

/// The mistakes of a file that is refused, by the schema too; none of them shows a secret.
fn mistakes(text: &str) -> Vec<Mistake> {
    let errors = read(text).expect_err(text);
    for shown in [errors.to_string(), errors.render(super::Style::Plain), format!("{errors:?}")] {
        assert!(!shown.contains("canary"), "a secret is shown: {shown}");
    }
    schema::assert_refused(text, &errors);
    errors.mistakes
}

/// Asserts that a file has one mistake, at this place, with this fragment in its sentence.
fn assert_refused(text: &str, line: usize, column: usize, fragment: &str) {
    let found = mistakes(text);
    let [mistake] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    assert!(mistake.sentence.contains(fragment), "{text}\n{mistake:#?}");
    assert_eq!(mistake.place, Place::At { line, column }, "{text}\n{mistake:#?}");
}
