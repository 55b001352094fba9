use ::adapter::{Dialect, FieldRule, Rule, VendorRequest, WireValue};
use canonical::Leaf;
use serde_json::json;

use super::{
    Bench,
    case::somebody,
    golden::compact,
    plan::{Outcome, State},
    wire,
};

/// A table of what each leaf becomes on the wire when a patch leaves it out, clears it, makes it empty or gives it a value.
///
/// # Errors
/// When the adapter cannot build one of the requests.
pub fn field_matrix(bench: &Bench<'_>, leaves: &[Leaf]) -> Result<String, String> {
    let subject = somebody(bench.adapter)?;
    let mut rows =
        vec!["| leaf | absent | `null` | `\"\"` | a value |".to_owned(), "|---|---|---|---|---|".to_owned()];
    for leaf in leaves {
        let mut cells = Vec::new();
        for (_, state) in State::ALL {
            let outcome = bench.outcome(&subject, leaf, state)?;
            cells.push(cell(bench, leaf, state, &outcome));
        }
        rows.push(format!("| `{leaf}` | {} |", cells.join(" | ")));
    }
    Ok(rows.join("\n") + "\n")
}

/// A table of a dialect's fields: leaf, name on the wire, rule, what it takes, longest value.
pub fn capability_table(dialect: &Dialect) -> String {
    let mut rows = vec![
        "| leaf | field | rule | takes | longest value |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for field in dialect.fields {
        let leaf = field.leaf.as_ref().map_or("by mapping only".to_owned(), |leaf| format!("`{leaf}`"));
        rows.push(row(&leaf, field));
    }
    if let Some(second_id) = dialect.open_fields.and_then(|open| open.second_id) {
        rows.push(row(&format!("the route's `{}`", second_id.to), second_id));
    }
    if let Some(open) = &dialect.open_fields {
        let but = open.reserved.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        rows.push(format!(
            "| by mapping only | any other name but {but} | {} | – | – |",
            rule_text(open.rule)
        ));
    }
    rows.join("\n") + "\n"
}

fn row(leaf: &str, field: &FieldRule) -> String {
    let longest = field.max_chars.map_or("–".to_owned(), |chars| format!("{chars} characters"));
    let usual = if field.rule == Rule::AddOnly { "texts" } else { "a text" };
    let (rule, takes) = (rule_text(field.rule), field.takes.unwrap_or(usual));
    let person = field.person.map(|kind| {
        format!("; where the route names people by `{kind}`, the id of a user stands for that user's")
    });
    let takes = format!("{takes}{}", person.unwrap_or_default());
    format!("| {leaf} | `{}` | {rule} | {takes} | {longest} |", field.to)
}

fn rule_text(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "goes with every request; cannot be cleared or empty",
        Rule::Nullable => "can be cleared",
        Rule::SetOnly => "cannot be cleared",
        Rule::AddOnly => "a set: members are added by the update, removed by calls of their own",
    }
}

fn cell(bench: &Bench<'_>, leaf: &Leaf, state: State, outcome: &Outcome) -> String {
    let requests = match outcome {
        Outcome::Refused => return "400 at the API".to_owned(),
        Outcome::NotSent(fate) => return format!("*{}*", fate.name()),
        Outcome::Sent(requests) => requests,
    };
    let parts = parts(bench, leaf, requests);
    match (parts.is_empty(), state) {
        (false, State::Absent) => format!("{} comes along", parts.join(", ")),
        (false, _) => parts.join(", "),
        (true, State::Absent) => "–".to_owned(),
        (true, _) if matches!(bench.mapping.carry(leaf, None), Ok(WireValue::Members { .. })) => {
            "a call for each member that was sent before".to_owned()
        }
        (true, _) => "nothing".to_owned(),
    }
}

/// What of the requests concerns the leaf: its member of the body, or a request of its own.
fn parts(bench: &Bench<'_>, leaf: &Leaf, requests: &[VendorRequest]) -> Vec<String> {
    let Some(field) = bench.mapping.field(leaf) else { return Vec::new() };
    let mut parts = Vec::new();
    for request in requests {
        for (name, value) in wire::members(request) {
            if *name == *field.to {
                let member = compact(&json!({ name: value }));
                parts.push(format!("`{}`", member.trim_start_matches('{').trim_end_matches('}')));
            } else if value.as_str() == Some(&*field.to) {
                let action = request.path.segments.last().map_or("", String::as_str);
                parts.push(format!("`{} …/{action}/`", request.method.as_str()));
            }
        }
    }
    parts
}
