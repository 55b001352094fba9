use api_types::problem::Kind;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{
    call::{self, Call},
    examples, parameters,
};

/// The document with what the table says about its calls: keys, parameters, problems and examples.
pub(crate) fn complete(document: OpenApi, calls: &[Call]) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    let components = &mut document["components"];
    components["securitySchemes"]["key"] =
        json!({"type": "http", "scheme": "bearer", "bearerFormat": "pgw_…"});
    components["parameters"] = parameters::of(calls).into();
    components["examples"] = examples::problems();
    for call in calls {
        describe(&mut document["paths"][call.path][call.method], call);
    }
    document
}

fn describe(operation: &mut Value, call: &Call) {
    let scopes: Vec<&str> = call.scopes.iter().map(|scope| scope.name()).collect();
    operation["security"] = json!([{ "key": scopes }]);
    operation["parameters"] = call
        .parameters
        .iter()
        .map(|name| json!({"$ref": format!("#/components/parameters/{name}")}))
        .collect();
    if call.patch {
        operation["requestBody"] = request_body();
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        success(response, call, status);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    if call.parameters.contains(&"IfNoneMatchRead") {
        responses.insert("304".to_owned(), json!({"description": "The user has a version that is known."}));
    }
    let mut kinds = call.problems.to_vec();
    kinds.extend(call::ANYWHERE);
    kinds.sort_by_key(|kind| (kind.status(), kind.name()));
    for status in kinds.iter().map(|kind| kind.status()) {
        let of_status: Vec<Kind> = kinds.iter().copied().filter(|kind| kind.status() == status).collect();
        responses.insert(status.to_string(), problem(&of_status));
    }
}

fn request_body() -> Value {
    let content = json!({"schema": {"$ref": "#/components/schemas/UserPatch"}, "example": examples::patch()});
    json!({
        "required": true,
        "description": "A JSON merge patch (RFC 7396): an absent leaf is kept, null clears, a value sets.",
        "content": {"application/merge-patch+json": content, "application/json": content},
    })
}

/// Adds the example and the headers of a success, and what its status says.
fn success(response: &mut Value, call: &Call, status: &str) {
    response["description"] = match status {
        "202" => "Accepted: stored, and on its way to the vendors.".into(),
        _ => call.answers.into(),
    };
    if let Some(example) = call.example {
        response["content"]["application/json"]["example"] = example();
    }
    let headers: Map<String, Value> = call
        .headers
        .iter()
        .map(|(name, says)| ((*name).to_owned(), json!({"description": says, "schema": {"type": "string"}})))
        .collect();
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
}

/// The answer of a status, with the types of problem that have it.
fn problem(kinds: &[Kind]) -> Value {
    let list: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.name(), kind.title())).collect();
    let reference = |kind: &Kind| json!({"$ref": format!("#/components/examples/{}", kind.name())});
    let examples: Map<String, Value> =
        kinds.iter().map(|kind| (kind.name().to_owned(), reference(kind))).collect();
    let mut response = json!({
        "description": list.join("; "),
        "content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "examples": examples,
        }},
    });
    if kinds.iter().any(|kind| matches!(kind.status(), 429 | 503)) {
        let says = "After how many seconds another try may succeed.";
        response["headers"]["Retry-After"] = json!({"description": says, "schema": {"type": "integer"}});
    }
    response
}
