use ::adapter::VendorRequest;
use canonical::Json;
use serde_json::{Map, Value as JsonValue, json};

/// A request's method, path and query as one line, nothing encoded.
pub(super) fn line(request: &VendorRequest) -> String {
    let slash = if request.path.trailing_slash { "/" } else { "" };
    let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{} /{}{slash}{query}", request.method.as_str(), request.path.segments.join("/"))
}

/// A request as a golden shows it: the line and the body as it is.
pub(super) fn shown(request: &VendorRequest) -> JsonValue {
    json!({ line(request): request.body })
}

/// The headers as an object.
pub(super) fn headers(request: &VendorRequest) -> JsonValue {
    let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
    JsonValue::Object(headers.collect())
}

/// The members of a body, whether the body is an object, a JSON string whose content is one, or has the members within
/// objects of its own.
pub(super) fn members(request: &VendorRequest) -> Vec<(String, JsonValue)> {
    let mut found = Vec::new();
    if let Some(body) = &request.body {
        collect(body, &mut found);
    }
    found
}

fn collect(body: &JsonValue, found: &mut Vec<(String, JsonValue)>) {
    match body {
        JsonValue::Object(members) => within(members, found),
        // Read strictly, so that a label that stands twice is not lost here as it would be at the vendor.
        JsonValue::String(text) if Json::parse(text.as_bytes()).is_ok() => {
            if let Ok(JsonValue::Object(members)) = serde_json::from_str(text) {
                within(&members, found);
            }
        }
        _ => {}
    }
}

fn within(members: &Map<String, JsonValue>, found: &mut Vec<(String, JsonValue)>) {
    for (name, value) in members {
        if value.is_object() {
            collect(value, found);
        } else {
            found.push((name.clone(), value.clone()));
        }
    }
}
