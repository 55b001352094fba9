//! A success that takes itself back: a 2xx whose body says that nothing was done.

use canonical::Json;

/// Whether an object has the words of a refusal: an error that is not empty, a success that is `false`, a status that is a
/// failure. Vendors document none of these for a success; frameworks and intermediaries send them with status 200.
pub fn says_no(json: &Json) -> bool {
    let has = |name: &str| json.get(name).is_some_and(is_something);
    let is = |name: &str, value: bool| json.get(name) == Some(&Json::Bool(value));
    speaks_of_errors(json)
        || ["exception", "fault", "Error", "Errors"].into_iter().any(has)
        || ["success", "succeeded", "ok", "removed", "Success"].into_iter().any(|name| is(name, false))
        || ["IsError", "isError", "failed"].into_iter().any(|name| is(name, true))
        || ["status", "state", "result"].into_iter().any(|name| json.get(name).is_some_and(is_failure))
        || ["status", "statusCode", "status_code", "code"]
            .into_iter()
            .any(|name| json.get(name).is_some_and(is_error_code))
}

/// Whether a person's record speaks of errors, which no record does. Other words of a refusal may be what a record says of the person:
/// a membership can be `"status": "denied"`.
pub fn speaks_of_errors(record: &Json) -> bool {
    ["error", "errors"].into_iter().any(|name| record.get(name).is_some_and(is_something))
}

/// Anything but an absence: `null`, `false`, an empty list and an empty object are no error.
fn is_something(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => false,
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => !members.is_empty(),
        Json::Bool(true) | Json::Number(_) => true,
    }
}

fn is_failure(json: &Json) -> bool {
    const WORDS: [&str; 9] =
        ["error", "fail", "failed", "failure", "rejected", "denied", "forbidden", "unauthorized", "invalid"];
    json.as_str().is_some_and(|text| WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// A status of RFC 9110 that is a failure.
fn is_error_code(json: &Json) -> bool {
    let Json::Number(text) = json else { return false };
    text.parse::<u16>().is_ok_and(|code| (400..600).contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json {
        Json::parse(text.as_bytes()).expect("JSON")
    }

    #[test]
    fn a_body_that_takes_a_success_back_is_known() {
        for text in [
            r#"{"error":"Please sign in"}"#,
            r#"{"error":{"code":7}}"#,
            r#"{"error":true}"#,
            r#"{"errors":["No."]}"#,
            r#"{"success":false}"#,
            r#"{"ok":false,"message":"later"}"#,
            r#"{"status":"failed"}"#,
            r#"{"status":"ERROR"}"#,
            r#"{"statusCode":403,"message":"no"}"#,
            r#"{"status":404}"#,
            r#"{"IsError":true}"#,
            r#"{"removed":false}"#,
        ] {
            assert!(says_no(&read(text)), "{text}");
        }
    }

    #[test]
    fn what_looks_alike_and_says_yes_is_no_denial() {
        for text in [
            "{}",
            r#"{"error":null,"errors":[],"success":true}"#,
            r#"{"errors":{},"error":""}"#,
            r#"{"status":"queued"}"#,
            r#"{"status":1,"code":0}"#,
            r#"{"status":200}"#,
            r#"{"IsError":false}"#,
            r#"[{"error":"of somebody else"}]"#,
        ] {
            assert!(!says_no(&read(text)), "{text}");
        }
    }
}
