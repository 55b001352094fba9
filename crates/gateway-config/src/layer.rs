use config::{Config as Layered, ConfigError, File, FileFormat, builder::DefaultState};

use super::{
    check::without_value,
    environment::{Environment, Override, PREFIX, SEPARATOR},
    file::FileConfig,
    findings::Findings,
    known::{Inside, inside},
    option_path::OptionPath,
};

/// Lays the environment over a file that is right by itself; reports every variable that is wrong.
pub(super) fn layer(
    text: &str,
    environment: &Environment,
    findings: &mut Findings<'_>,
) -> Option<FileConfig> {
    let mut accepted = Vec::new();
    for (over, value) in environment.options() {
        findings.look_through(&over.variable, value);
        match check(&over, text, value) {
            Ok(()) => accepted.push((over, value)),
            Err(sentence) => findings.in_variable(&over.variable, sentence),
        }
    }
    let variables = accepted.iter().map(|(over, value)| (over.variable.as_str(), *value));
    match merge(text, variables) {
        Ok(mut file) => {
            findings.overrides = accepted.into_iter().map(|(over, _)| over).collect();
            replace_references(&mut file, findings);
            Some(file)
        }
        Err(error) => {
            findings.mistake(&OptionPath::default(), without_value(&error.to_string()));
            None
        }
    }
}

/// Tries one variable alone, because an error of the whole would not name it.
fn check(over: &Override, text: &str, value: &str) -> Result<(), String> {
    let names = over.path.names();
    let mut path = OptionPath::default();
    for name in &names {
        let inside = inside(&path);
        check_place(&path)?;
        if !inside.allows(name) {
            return Err(inside.refuse(name));
        }
        path = path.child(name);
    }
    check_place(&path)?;
    if names.contains(&"") || !matches!(inside(&path), Inside::Nothing) {
        return Err(format!("{path} is a table; name one option in it"));
    }
    merge(text, [(over.variable.as_str(), value)])
        .map(drop)
        .map_err(|error| without_value(&error.to_string()))
}

/// Refuses what has no form as one text: lists, and the tables of fields.
fn check_place(path: &OptionPath) -> Result<(), String> {
    let in_file_alone = matches!(
        path.names().as_slice(),
        ["keys" | "webhooks"] | ["operator", "hosts"] | ["routes", _, "errors"] | ["routes", _, "fields", ..]
    );
    if in_file_alone { Err(format!("{path} is set in the file alone; remove the variable")) } else { Ok(()) }
}

fn merge<'a>(
    text: &str,
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<FileConfig, ConfigError> {
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    // Nothing is parsed here: a number or a boolean is read where one is expected, and a text stays what it is.
    let environment = config::Environment::with_prefix(PREFIX)
        .prefix_separator(SEPARATOR)
        .separator(SEPARATOR)
        .source(Some(variables));
    config::ConfigBuilder::<DefaultState>::default()
        .add_source(File::from_str(text, FileFormat::Toml))
        .add_source(environment)
        .build()
        .and_then(Layered::try_deserialize)
}

/// A variable that says where a secret is replaces what the file says about it, whichever of the two ways it uses.
fn replace_references(file: &mut FileConfig, findings: &Findings<'_>) {
    for over in &findings.overrides {
        let ["routes", route, "credential", way @ ("env" | "file")] = *over.path.names() else { continue };
        let Some(reference) = file.routes.get_mut(route).and_then(|route| route.credential.as_mut()) else {
            continue;
        };
        let other = if way == "env" { "file" } else { "env" };
        let both = OptionPath::of(&["routes", route, "credential", other]);
        if findings.overrides.iter().any(|over| over.path == both) {
            continue;
        }
        if way == "env" {
            reference.0.file = None;
        } else {
            reference.0.env = None;
        }
    }
}
