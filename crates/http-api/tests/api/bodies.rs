//! B01–B30: bodies, those of the table and those that are accepted.

use serde_json::json;

use crate::{
    corpus,
    support::{ALL, World, patch},
};

#[actix_web::test]
async fn a_bad_body_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    for (id, body, status, kind, pointer) in corpus::bodies() {
        let answer = world.change("crm-42", body).await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (status, Some(kind)),
            "{id}: {}",
            answer.text
        );
        if let Some(pointer) = pointer {
            assert_eq!(answer.pointers().first().map(String::as_str), Some(pointer), "{id}");
        }
        assert!(answer.text.len() < 8 * 1024, "{id}: a long answer");
        assert!(!world.knows("crm-42").await, "{id} left something behind");
    }
    assert_eq!(world.requests(), 0);
}

#[actix_web::test]
async fn a_body_of_another_type_or_coding_is_refused() {
    let world = World::new().await;
    let request = || patch("/v1/users/crm-42", ALL, r#"{"title":"x"}"#);
    let cases = [
        ("B29 text", request().insert_header(("Content-Type", "text/plain"))),
        ("B29 form", request().insert_header(("Content-Type", "application/x-www-form-urlencoded"))),
        ("B29 charset", request().insert_header(("Content-Type", "application/json; charset=utf-7"))),
        ("B29 twice", request().append_header(("Content-Type", "text/plain"))),
        ("B15 gzip", request().insert_header(("Content-Encoding", "gzip"))),
        ("B15 br", request().insert_header(("Content-Encoding", "br"))),
        ("B15 zstd", request().insert_header(("Content-Encoding", "zstd"))),
        ("B15 twice", request().insert_header(("Content-Encoding", "gzip, gzip"))),
    ];
    for (id, request) in cases {
        let answer = world.call(request).await;
        let found = (answer.status, answer.problem());
        assert_eq!(found, (415, Some("unsupported-media-type".to_owned())), "{id}");
    }
    let without = actix_web::test::TestRequest::patch().uri("/v1/users/crm-42");
    let without = without.insert_header(("Authorization", format!("Bearer {ALL}"))).set_payload("{}");
    assert_eq!(world.call(without).await.status, 415, "B29 missing");
    assert!(!world.knows("crm-42").await);
    for kind in [
        "application/json",
        "application/merge-patch+json; charset=UTF-8",
        "application/json;charset=utf8",
        "application/json; charset=\"UTF-8\"; x=\";charset=utf-7\"",
    ] {
        let answer = world.call(request().insert_header(("Content-Type", kind))).await;
        assert_eq!(answer.status, if kind.len() == 16 { 202 } else { 200 }, "B29 {kind}");
    }
}

#[actix_web::test]
async fn what_an_editor_or_a_spreadsheet_adds_is_passed_over_or_named() {
    let world = World::new().await;
    let marked = [&b"\xef\xbb\xbf"[..], br#"{"title":"x","address":{"country":"ca"}}"#].concat();
    assert_eq!(world.call(patch("/v1/users/u", ALL, marked)).await.status, 202);
    let user = world.call(crate::support::get("/v1/users/u", ALL)).await.json();
    assert_eq!(user["address"]["country"], "CA");
    for (body, told) in [
        ("{\u{201c}title\u{201d}:1}", "column 2 is U+201C"),
        ("{\"phone_number\":\"+1\u{a0}416 555 1234\"}", "character 3 is U+00A0"),
        ("{\"phone_number\":\"+1 416 555 1234\u{202c}\"}", "character 16 is U+202C"),
        ("{\"phone_number\":\"+1 416\u{2011}555 1234\"}", "character 7 is U+2011"),
        ("{\"email\":\"a\u{200b}@x.org\"}", "character 2 is U+200B"),
        ("{\"birthdate\":\"1990\u{2013}01\u{2013}02\"}", "character 5 is U+2013"),
        ("{\"phone_number\":\"+1 416 555 1234;ext=56\"}", "an extension cannot be sent"),
        ("{\"address\":{\"country\":\"UK\"}}", "GB"),
    ] {
        let answer = world.call(patch("/v1/users/u", ALL, body)).await;
        assert_eq!((answer.status, answer.text.contains(told)), (400, true), "{body}: {}", answer.text);
        assert!(!answer.text.contains("416"), "a value is told: {}", answer.text);
    }
    let answer = world.call(crate::support::get("/v1/users/u%E2%80%8B", ALL)).await;
    assert_eq!(
        (answer.status, answer.text.contains("character 2 is U+200B")),
        (400, true),
        "{}",
        answer.text
    );
}

#[actix_web::test]
async fn all_mistakes_of_a_body_are_named_at_once() {
    let world = World::new().await;
    let answer = world.change("crm-42", r#"{"emial":"a","title":7,"address":{"citi":"x"},"title2":1}"#).await;
    assert_eq!(answer.problem().as_deref(), Some("unknown-leaf"));
    assert_eq!(answer.pointers(), ["/emial", "/title", "/address/citi", "/title2"]);
    assert!(answer.text.contains("did you mean email?"));
}

#[actix_web::test]
async fn b20_a_line_separator_and_b27_odd_texts_are_stored_as_they_are() {
    let world = World::new().await;
    let body = json!({
        "title": "a\u{2028}b", "department": "{{7*7}}",
        "custom": {"constructor": "${jndi:ldap://x}", "a": "__proto__", "list": ["$where", "{{7*7}}"], "n": -0.5, "big": 9_007_199_254_740_991_u64},
    });
    world.delivered("crm-42", &body.to_string()).await;
    let user = world.call(crate::support::get("/v1/users/crm-42", ALL)).await.json();
    for member in ["title", "department", "custom"] {
        assert_eq!(user[member], body[member], "{member}");
    }
}

#[actix_web::test]
async fn b23_a_cleared_required_leaf_is_accepted_and_its_fate_named() {
    let world = World::new().await;
    let body =
        r#"{"given_name":"Jo","family_name":"Li","email":"jo@x.org","identities":{"communal_main":"89"}}"#;
    world.delivered("crm-42", body).await;
    let update = world.delivered("crm-42", r#"{"email":null,"nickname":"J"}"#).await;
    assert_eq!(update["routes"]["communal_main"]["leaves"]["email"], "not_clearable");
}

#[actix_web::test]
async fn b24_a_cleared_address_and_one_new_leaf_leave_one_leaf() {
    let world = World::new().await;
    for body in [
        r#"{"address":{"locality":"Paris","postal_code":"75001"}}"#,
        r#"{"address":null}"#,
        r#"{"address":{"locality":"Rome"}}"#,
    ] {
        world.delivered("crm-42", body).await;
    }
    let user = world.call(crate::support::get("/v1/users/crm-42", ALL)).await.json();
    assert_eq!(user["address"]["locality"], "Rome");
    assert!(user["address"]["postal_code"].is_null() && user["address"].get("postal_code").is_some());
}
