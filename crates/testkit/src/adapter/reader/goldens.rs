use std::path::Path;

use ::adapter::{ReadItem, ReadRequest, Reader, Seen, VendorError, compare};
use canonical::Json;
use serde_json::{Map, Value as JsonValue, json};

use super::super::{Bench, Check, ContractCase, golden};
use super::talk::Talk;

/// `golden/reads.json` is a list of readings by name: each with the requests that are sent, what is read from the answers, and
/// how that agrees with what should be there.
///
/// An entry has `query` (`person`, `stored`, `definitions`, `definitions with values`) and `answers`, one for each page
/// (`status`, `headers`, `body`: JSON, or a text that is sent as it is); where it matters `subject`, `witness`, and the
/// canonical `patch` that brought the person about. A request without an answer stands last: it is the next one.
///
/// # Errors
/// The first difference, or what is wrong with the file.
pub fn reads_are_as_in_the_goldens(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let reader = bench.adapter.reader().ok_or("the adapter has no reader")?;
    let mut actual = Map::new();
    for (name, talk) in Talk::all(case)? {
        let judged = judge(&bench, reader, &talk).map_err(|error| format!("{name}: {error}"))?;
        actual.insert(name, judged);
    }
    golden::agrees(&Path::new(case.golden).join("reads.json"), &actual.into())
}

fn judge(bench: &Bench<'_>, reader: &dyn Reader, talk: &Talk) -> Result<JsonValue, String> {
    let told = talk.held(reader, &talk.subject, &talk.answers)?;
    let mut entry = talk.entry.clone();
    entry.insert("requests".to_owned(), told.requests.iter().map(shown).collect());
    entry.remove("read");
    entry.remove("error");
    entry.remove("agreement");
    let items = match told.outcome {
        Ok(items) => items,
        Err(error) => {
            entry.insert("error".to_owned(), failure(&error));
            return Ok(entry.into());
        }
    };
    entry.insert("read".to_owned(), items.iter().map(item).collect());
    if let Some(patch) = entry.get("patch") {
        let named = bench.parse(patch)?.changes;
        let (mut expected, _) = bench.plan(patch)?;
        expected.retain(|field| named.contains_key(&field.leaf));
        let agreement = compare(reader, &expected, &Seen::of(items));
        let agreement = agreement.iter().map(|(leaf, one)| (leaf.name().to_owned(), one.name().into()));
        entry.insert("agreement".to_owned(), JsonValue::Object(agreement.collect()));
    }
    Ok(entry.into())
}

/// A request as one line, nothing encoded, and its headers.
fn shown(request: &ReadRequest) -> JsonValue {
    let slash = if request.path.trailing_slash { "/" } else { "" };
    let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
    let headers = JsonValue::Object(headers.collect());
    json!({ format!("GET /{}{slash}{query}", request.path.segments.join("/")): headers })
}

fn item(item: &ReadItem) -> JsonValue {
    match item {
        ReadItem::Field { name, value } => json!({ name.as_str(): plain(value) }),
        ReadItem::Label { name, label } => json!({ "label": label, "name": name }),
        ReadItem::Stored(value) => {
            json!({ "field": value.field, "label": value.label, "value": value.value })
        }
        ReadItem::Definition(own) => json!({
            "id": own.id, "to": own.to, "label": own.label, "kind": own.kind, "values": own.values,
        }),
    }
}

fn plain(json: &Json) -> JsonValue {
    let mut text = String::new();
    json.write_canonical(&mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

fn failure(error: &VendorError) -> JsonValue {
    json!({ "kind": format!("{:?}", error.kind), "detail": error.detail })
}
