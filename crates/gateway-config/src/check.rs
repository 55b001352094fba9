use std::ops::Range;

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer, Error},
};

use super::{
    file::FileConfig,
    findings::Findings,
    known::{Inside, inside},
    option_path::OptionPath,
};

/// The most values of a wrong type that one run reports; each costs a pass over the file.
const MOST_WRONG_TYPES: usize = 50;

/// Reports every name that no option has and every value of a wrong type. Returns the file without these, so that the rest can be
/// checked in the same run; none where nothing is left that could be read.
pub(super) fn check(mut table: Spanned<DeTable<'_>>, findings: &mut Findings<'_>) -> Option<String> {
    drop_unknown(&OptionPath::default(), table.get_mut(), findings);
    for _ in 0..MOST_WRONG_TYPES {
        let Err(error) = FileConfig::deserialize(Deserializer::from(table.clone())) else {
            let rest = toml::Table::deserialize(Deserializer::from(table)).ok()?;
            return toml::to_string(&rest).ok();
        };
        let span = error.span().unwrap_or_default();
        let removed = remove_innermost(table.get_mut(), &span);
        findings.at(removed.clone().unwrap_or(span), wrong_type(&error));
        // What cannot be taken out would be found again.
        removed?;
    }
    None
}

/// Takes names that no option has out of the table, so that what is left can be read.
fn drop_unknown(path: &OptionPath, table: &mut DeTable<'_>, findings: &mut Findings<'_>) {
    let inside = inside(path);
    let unknown: Vec<_> = table.keys().filter(|key| !inside.allows(key.get_ref())).cloned().collect();
    for key in unknown {
        findings.unknown(path.child(key.get_ref()), key.span(), inside.refuse(key.get_ref()));
        table.remove(&key);
    }
    for (key, value) in table.iter_mut() {
        drop_unknown_within(&path.child(key.get_ref()), value.get_mut(), findings);
    }
}

fn drop_unknown_within(path: &OptionPath, value: &mut DeValue<'_>, findings: &mut Findings<'_>) {
    match value {
        // A table where a single value belongs is a wrong type, and its names say nothing.
        DeValue::Table(table) if !matches!(inside(path), Inside::Nothing) => {
            drop_unknown(path, table, findings);
        }
        DeValue::Array(items) => {
            for (number, item) in items.iter_mut().enumerate() {
                drop_unknown_within(&path.child(number), item.get_mut(), findings);
            }
        }
        _ => {}
    }
}

/// Takes out the innermost value around `span` that is a member of a table; returns where it was.
fn remove_innermost(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<Range<usize>> {
    let inner = table.iter_mut().find_map(|(_, value)| remove_within(value.get_mut(), span));
    if inner.is_some() {
        return inner;
    }
    let holds = |outer: &Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let found = table.iter().find(|(key, value)| holds(&value.span()) || holds(&key.span()))?;
    let (key, at) = (found.0.clone(), found.1.span());
    table.remove(&key);
    Some(at)
}

fn remove_within(value: &mut DeValue<'_>, span: &Range<usize>) -> Option<Range<usize>> {
    match value {
        DeValue::Table(table) => remove_innermost(table, span),
        DeValue::Array(items) => items.iter_mut().find_map(|item| remove_within(item.get_mut(), span)),
        _ => None,
    }
}

/// The error in the words of a file instead of those of Rust, and without the value, which may be a secret.
fn wrong_type(error: &Error) -> String {
    without_value(error.message())
}

/// A message of serde without the value that it repeats.
pub(super) fn without_value(message: &str) -> String {
    let is_type = ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .any(|start| message.starts_with(start));
    let Some((_, expected)) = message.rsplit_once("expected ").filter(|_| is_type) else {
        return message.to_owned();
    };
    let expected = expected.split(" for key ").next().unwrap_or(expected);
    let expected = match expected {
        "i64" | "an integer" | "an signed 64 bit integer" => "a whole number without quotes",
        "a boolean" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    format!("this takes {expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_loses_the_value_that_it_repeats() {
        let message = "invalid type: string \"hunter2, expected nothing\", expected i64";
        assert_eq!(without_value(message), "this takes a whole number without quotes");
        let message = "invalid type: string \"x\", expected a boolean for key `a.b` in the environment";
        assert_eq!(without_value(message), "this takes true or false");
    }
}
