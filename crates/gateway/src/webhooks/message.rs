//! One event as Standard Webhooks writes it (<https://github.com/standard-webhooks/standard-webhooks>).

use api_types::time;
use base64::{Engine, prelude::BASE64_STANDARD};
use delivery::event::Event;
use gateway_config::SigningSecret;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

/// What receivers know an event by.
pub(super) fn id(event: &Event) -> String {
    format!("evt_{}", event.id.simple())
}

/// The body: the same bytes each time.
pub(super) fn body(event: &Event) -> Vec<u8> {
    let mut data = event.facts.clone();
    data.insert("route".to_owned(), event.route.clone().into());
    data.insert("vendor".to_owned(), event.vendor.clone().into());
    let body = json!({ "type": event.kind, "timestamp": time(event.at), "data": data });
    body.to_string().into_bytes()
}

/// The headers of a message that is sent at `seconds` since the Unix epoch; one signature for each secret.
pub(super) fn headers(
    id: &str,
    seconds: u64,
    secrets: &[SigningSecret],
    body: &[u8],
) -> [(&'static str, String); 4] {
    let signatures: Vec<String> = secrets.iter().map(|secret| signature(id, seconds, secret, body)).collect();
    [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ]
}

fn signature(id: &str, seconds: u64, secret: &SigningSecret, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.key()).expect("a MAC takes a key of any length");
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}
