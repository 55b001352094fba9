use canonical::Json;
use serde_json::Value as JsonValue;

use crate::VendorRequest;

const LONGEST: usize = 200;

/// A vendor's message with everything taken out that could be personal: words that contain `@` or four digits, and words
/// that occur in the request. Control characters become spaces; at most 200 characters remain.
pub fn redact(message: &str, sent: &VendorRequest) -> String {
    let mut private = vec![sent.subject.as_str().to_lowercase()];
    if let Some(body) = &sent.body {
        collect_texts(body, &mut private);
    }
    let private: Vec<&str> = private.iter().flat_map(|text| words(text)).collect();
    let is_private = |word: &str| {
        let lower = word.to_lowercase();
        word.contains('@')
            || word.chars().filter(char::is_ascii_digit).count() >= 4
            || words(&lower).any(|part| private.contains(&part))
    };
    let message: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let kept: Vec<&str> =
        message.split_whitespace().map(|word| if is_private(word) { "…" } else { word }).collect();
    kept.join(" ").chars().take(LONGEST).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Gathers the values, not the member names, of a body; a body that is itself JSON in a string is opened.
fn collect_texts(body: &JsonValue, texts: &mut Vec<String>) {
    match body {
        JsonValue::String(text) => match Json::parse(text.as_bytes()) {
            Ok(Json::Object(members)) => {
                texts.extend(members.iter().filter_map(|(_, value)| value.as_str()).map(str::to_lowercase));
            }
            _ => texts.push(text.to_lowercase()),
        },
        JsonValue::Number(number) => texts.push(number.to_string()),
        JsonValue::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        JsonValue::Object(members) => members.values().for_each(|value| collect_texts(value, texts)),
        JsonValue::Null | JsonValue::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Method, Path, Subject, SubjectForm, SubjectKind};

    static ID: SubjectKind = SubjectKind { name: "id", form: SubjectForm::Integer };

    fn sent(body: JsonValue) -> VendorRequest {
        VendorRequest {
            method: Method::Put,
            path: Path::new(["users", "89"]),
            query: Vec::new(),
            headers: Vec::new(),
            body: Some(body),
            subject: Subject::parse(&ID, "89").expect("an integer"),
        }
    }

    #[test]
    fn words_of_the_request_addresses_and_numbers_are_taken_out() {
        let sent = sent(json!({"first_name": "Jane", "telephone": "416-555-1234"}));
        let message = "User 89 jane's address old@example.org and 416-555-1234 is \x1b[31mtaken";
        assert_eq!(redact(message, &sent), "User … … address … and … is [31mtaken");
    }

    #[test]
    fn a_body_that_is_json_in_a_string_is_opened() {
        let sent = sent(json!("{\"Company\":\"Axero Solutions\"}"));
        assert_eq!(redact("Company Axero unknown", &sent), "Company … unknown");
        assert!(redact(&"word ".repeat(100), &sent).chars().count() <= 200);
    }
}
