//! The `Idempotency-Key` header: bare or quoted, and one key either way.

use actix_web::{
    http::header::{HeaderName, HeaderValue},
    test::TestRequest,
};
use http_api::callers::idempotency_key;

/// Reads `data` as the header's value.
pub fn target(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let name = HeaderName::from_static("idempotency-key");
    let request = TestRequest::default().insert_header((name, value)).to_http_request();
    let read = idempotency_key(&request).ok().flatten();
    assert_eq!(read, key(data), "the reader and the rule differ");
}

/// The rule, a second time: optional white space, then 1 to 255 visible ASCII characters, or those in quotes.
fn key(data: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(data).ok().filter(|text| text.is_ascii())?;
    let text = text.trim_matches([' ', '\t']);
    let key = match text.strip_prefix('"') {
        None => text.to_owned(),
        Some(rest) => unquoted(rest)?,
    };
    let visible = key.chars().all(|c| ('!'..='~').contains(&c));
    (visible && (1..=255).contains(&key.len())).then_some(key)
}

fn unquoted(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(key),
            '\\' => key.push(rest.next().filter(|c| *c == '"' || *c == '\\')?),
            other => key.push(other),
        }
    }
}
