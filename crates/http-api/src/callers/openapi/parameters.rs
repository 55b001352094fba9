use delivery::audit::AuditKind;
use serde_json::{Map, Value, json};

use super::Call;

/// The parameters of these calls, by the name under which calls refer to them.
pub(super) fn of(calls: &[Call]) -> Map<String, Value> {
    let is_used = |name: &str| calls.iter().any(|call| call.parameters.contains(&name));
    let Value::Object(all) = all() else { return Map::new() };
    all.into_iter().filter(|(name, _)| is_used(name)).collect()
}

/// What an id of a user looks like.
const USER: &str = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$";

fn all() -> Value {
    let path = |name, says, schema| parameter("path", name, says, schema);
    let query = |name, says, schema| parameter("query", name, says, schema);
    let header = |name, says, schema| parameter("header", name, says, schema);
    let text = || json!({"type": "string"});
    json!({
        "UserId": path("id", "The callers' own id of the user; no e-mail address.",
            json!({"type": "string", "pattern": USER, "example": "crm-42"})),
        "UpdateId": path("id", "The update's id.", json!({"type": "string", "format": "uuid"})),
        "IdempotencyKey": header("Idempotency-Key",
            "Names the request, so that it is carried out once however often it is sent; 1 to 255 visible ASCII characters, \
             bare or as a quoted string. Kept for a day at least.",
            json!({"type": "string", "pattern": "^[!-~]{1,255}$"})),
        "IfMatch": header("If-Match",
            "Only if the user has this version or one of these, or exists (`*`). A tag that a proxy has altered (`W/\"7\"`, `\"7-gzip\"`) is taken.",
            json!({"type": "string", "example": "\"7\""})),
        "IfNoneMatch": header("If-None-Match",
            "Only if there is no such user, or it was erased (`*`); or only if the user has none of these versions. Beside If-Match both \
             must hold.",
            json!({"type": "string", "example": "*"})),
        "IfNoneMatchRead": header("If-None-Match",
            "304 if the user has this version, or one of these. The version is that of the profile: how the user stands at the routes \
             may have changed.",
            json!({"type": "string", "example": "\"7\""})),
        "Prefer": header("Prefer",
            "`wait=n`: answer when no route is pending, after n seconds at the latest. More than 30 counts as 30.",
            json!({"type": "string", "example": "wait=5"})),
        "Wait": query("wait", "Answer when no route is pending, after so many seconds at the latest.",
            json!({"type": "integer", "minimum": 0, "maximum": 30})),
        "State": query("state", "`blocked`, `held`, `pending`, `in_doubt` and `keeps`, separated by commas; the first two unless given. `keeps`: the vendor keeps, or may keep, a value that is not the person's any more.", text()),
        "Route": query("route", "Of this route only.", text()),
        "AfterUpdate": query("after", "`next` of the page before.", json!({"type": "string", "format": "uuid"})),
        "AfterAttention": query("after", "`next` of the page before.", json!({"type": "string", "pattern": "^[0-9]{1,18}$"})),
        "AnyState": query("state", "`blocked`, `held`, `pending`, `in_doubt` and `keeps`, separated by commas; all unless given. `keeps`: the vendor keeps, or may keep, a value that is not the person's any more.", text()),
        "User": query("user", "Of this user only.", json!({"type": "string", "pattern": USER})),
        "Reason": query("reason", "Blocked for one of these reasons only, separated by commas.",
            json!({"type": "string", "example": "forbidden,needs_data"})),
        "OlderThan": query("older_than", "Out of step for so long or longer only, such as 15m, 2h or 2d; a day has 24 hours.",
            json!({"type": "string", "example": "15m"})),
        "AfterLane": query("after", "`next` of the page before.", json!({"type": "string", "pattern": "^[0-9]{1,18}$"})),
        "LaneId": path("id", "The lane's id.", json!({"type": "integer", "format": "int64", "minimum": 1})),
        "RouteName": path("name", "The route.", json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$"})),
        "Confirm": query("confirm", "Also where users are owed something that the new configuration drops.",
            json!({"type": "boolean", "default": false})),
        "DryRun": query("dry_run", "Say what would change, and change nothing.",
            json!({"type": "boolean", "default": false})),
        "Values": query("values", "Also count the values that are stored in each field, where the vendor tells.",
            json!({"type": "boolean", "default": false})),
        "Sample": query("sample", "So many users, picked at random.",
            json!({"type": "integer", "minimum": 1, "maximum": 100})),
        "AuditKind": query("kind", "Of this kind only.", json!({"type": "string", "enum": audit_kinds()})),
        "Since": query("since", "Not before this time.", json!({"type": "string", "format": "date-time"})),
        "AfterEntry": query("after", "`next` of the page before.", json!({"type": "integer", "format": "int64"})),
        "Head": query("head", "An end of the audit that must be part of it, as an earlier answer has it.",
            json!({"type": "string", "pattern": "^-?[0-9]+:[0-9A-Fa-f]{64}$"})),
        "Most": query("limit", "The most entries.",
            json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100})),
        "Limit": query("limit", "The most items of the page.",
            json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 20})),
    })
}

fn audit_kinds() -> Vec<&'static str> {
    AuditKind::ALL.iter().map(|kind| kind.name()).collect()
}

fn parameter(place: &str, name: &str, says: &str, schema: Value) -> Value {
    let mut parameter = json!({"in": place, "name": name, "description": says, "required": place == "path"});
    parameter["schema"] = schema;
    parameter
}
