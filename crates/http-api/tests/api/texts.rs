//! B47–B58: texts that look alike, look broken, or look like something else.

use serde_json::json;

use crate::support::{ALL, World, captured, get};

#[actix_web::test]
async fn a_text_arrives_at_the_vendor_character_by_character() {
    let zalgo = format!("a{}", "\u{301}".repeat(4_000));
    let cases = [
        ("B47", "m\u{131}ke"),
        ("B48", "\u{17f} \u{212a}"),
        ("B49", "stra\u{df}e STRASSE"),
        ("B50 NFC", "\u{e9}"),
        ("B50 NFD", "e\u{301}"),
        ("B51", "abc\u{202e}fed"),
        ("B52", &zalgo),
        ("B54", "ex\u{430}mple"),
        ("B55 private", "\u{e000}"),
        ("B55 unassigned", "\u{378}"),
        ("B58", "%s %n {} {0} %x"),
        ("B20", "a\u{2028}b"),
        ("padding", " a "),
        ("empty", ""),
    ];
    let world = World::new().await;
    for (at, (id, text)) in cases.into_iter().enumerate() {
        let user = format!("crm-{at}");
        let email = format!("a{at}@x.org");
        let body = json!({"given_name": text, "email": email, "title": text, "custom": {"k": text}});
        let update = world.delivered(&user, &body.to_string()).await;
        assert_eq!(update["routes"]["village"]["state"], "accepted", "{id}");
        assert_eq!(world.village.last_body(), json!({"first_name": text}), "{id}");
        let found = world.call(get(&format!("/v1/users/{user}"), ALL)).await.json();
        assert_eq!((&found["title"], &found["custom"]["k"]), (&json!(text), &json!(text)), "{id}");
    }
}

#[actix_web::test]
async fn controls_and_floods_are_refused_and_reach_no_log() {
    let world = World::new().await;
    let flood = "\u{301}".repeat(10_000);
    let cases = [
        ("B56", "\u{1b}]0;pwn-canary\u{7}"),
        ("B57", "x\r\n2026-11-21 ERROR pwn-canary"),
        ("B57 line feed", "x\npwn-canary"),
        ("B52 above 8 KiB", flood.as_str()),
    ];
    for (id, text) in cases {
        for leaf in ["given_name", "title", "department"] {
            let answer = world.change("crm-42", json!({leaf: text}).to_string()).await;
            let found = (answer.status, answer.problem(), answer.pointers());
            assert_eq!(found, (400, Some("invalid-value".to_owned()), vec![format!("/{leaf}")]), "{id}");
            assert!(!answer.text.contains("pwn-canary"), "{id}");
        }
    }
    assert!(!world.knows("crm-42").await);
    assert!(!captured().contains("pwn-canary"));
}
