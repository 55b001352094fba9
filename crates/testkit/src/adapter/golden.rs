use std::{env, fs, path::Path};

use serde_json::Value as JsonValue;

use super::Check;

const WIDTH: usize = 110;

/// Whether goldens are to be rewritten rather than compared.
pub(super) fn updating() -> bool {
    env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// Reads a golden file as JSON.
pub(super) fn read(path: &Path) -> Result<JsonValue, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Compares `actual` with the golden at `path`, or writes it there.
pub(super) fn agrees(path: &Path, actual: &JsonValue) -> Check {
    if updating() {
        return write(path, &readable(actual));
    }
    let expected = read(path).unwrap_or(JsonValue::Null);
    match first_difference("", &expected, actual) {
        Some(difference) => Err(format!(
            "{} is out of date at {difference}; run the test with UPDATE_GOLDEN=1 and read the difference",
            path.display()
        )),
        None => Ok(()),
    }
}

/// Compares a text with the file at `path`, or writes it there under `UPDATE_GOLDEN=1`.
///
/// # Errors
/// When they differ, or when the file cannot be written.
pub fn agrees_with_file(path: &Path, text: &str) -> Check {
    if updating() {
        return write(path, text);
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    match found.lines().zip(text.lines()).position(|(found, actual)| found != actual) {
        None if found == text => Ok(()),
        line => Err(format!(
            "{} is out of date from line {}; run the test with UPDATE_GOLDEN=1",
            path.display(),
            line.map_or(found.lines().count().min(text.lines().count()), |at| at) + 1
        )),
    }
}

/// JSON with its members sorted, whatever fits a line on one line.
pub fn readable(json: &JsonValue) -> String {
    let mut text = String::new();
    render(json, 0, &mut text);
    text.push('\n');
    text
}

/// JSON on one line with its members sorted.
pub(super) fn compact(json: &JsonValue) -> String {
    match json {
        JsonValue::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members = members.iter().map(|(name, value)| format!("{}: {}", quoted(name), compact(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        JsonValue::Array(items) => {
            format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

fn render(json: &JsonValue, depth: usize, text: &mut String) {
    let line = compact(json);
    let indent = "  ".repeat(depth + 1);
    if depth > 0 && indent.len() + line.chars().count() <= WIDTH {
        text.push_str(&line);
        return;
    }
    let (open, close, items): (_, _, Vec<(String, &JsonValue)>) = match json {
        JsonValue::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, value)| (format!("{}: ", quoted(name)), value)).collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            ('{', '}', members)
        }
        JsonValue::Array(items) => ('[', ']', items.iter().map(|item| (String::new(), item)).collect()),
        _ => return text.push_str(&line),
    };
    text.push(open);
    for (at, (name, value)) in items.into_iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&indent);
        text.push_str(&name);
        render(value, depth + 1, text);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

fn quoted(name: &str) -> String {
    JsonValue::from(name).to_string()
}

fn write(path: &Path, text: &str) -> Check {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn first_difference(place: &str, expected: &JsonValue, actual: &JsonValue) -> Option<String> {
    let (JsonValue::Object(left), JsonValue::Object(right)) = (expected, actual) else {
        return (expected != actual)
            .then(|| format!("{place}: {} instead of {}", compact(actual), compact(expected)));
    };
    let names = left.keys().chain(right.keys());
    names.into_iter().find_map(|name| {
        let place = format!("{place}/{name}");
        match (left.get(name), right.get(name)) {
            (Some(expected), Some(actual)) => first_difference(&place, expected, actual),
            (None, _) => Some(format!("{place}, which is new")),
            (_, None) => Some(format!("{place}, which is gone")),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_stand_on_one_line_and_members_are_sorted() {
        let long = "x".repeat(WIDTH);
        let text = readable(&json!({ "b": { "d": 1, "c": [true, null] }, "a": [long] }));
        assert_eq!(
            text,
            format!("{{\n  \"a\": [\n    \"{long}\"\n  ],\n  \"b\": {{\"c\": [true, null], \"d\": 1}}\n}}\n")
        );
        assert_eq!(serde_json::from_str::<JsonValue>(&text).expect("valid")["a"][0], long);
    }

    #[test]
    fn the_first_difference_is_named_with_its_place() {
        let difference = first_difference("", &json!({"a": {"b": 1}}), &json!({"a": {"b": 2}}));
        assert_eq!(difference.expect("differs"), "/a/b: 2 instead of 1");
        assert_eq!(first_difference("", &json!({}), &json!({"a": 1})).expect("differs"), "/a, which is new");
        assert_eq!(first_difference("", &json!({"a": 1}), &json!({"a": 1})), None);
    }
}
