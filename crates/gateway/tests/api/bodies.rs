//! B01–B30: bodies.

use serde_json::json;

use crate::support::{ALL, World, patch};

/// A body, the status and type of its refusal, and where the mistake is.
type Refusal = (&'static str, Vec<u8>, u16, &'static str, Option<&'static str>);

fn of(id: &'static str, body: &str, kind: &'static str, pointer: &'static str) -> Refusal {
    (id, body.as_bytes().to_vec(), 400, kind, Some(pointer))
}

fn bytes(id: &'static str, body: impl Into<Vec<u8>>, status: u16, kind: &'static str) -> Refusal {
    (id, body.into(), status, kind, None)
}

fn members(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn duplicates_and_names() -> Vec<Refusal> {
    vec![
        of("B01", r#"{"title":"1","title":"2"}"#, "duplicate-key", "/title"),
        of("B02", r#"{"title":"1","t\u0069tle":"2"}"#, "duplicate-key", "/title"),
        of("B03", r#"{"address":{"region":"1","region":"2"}}"#, "duplicate-key", "/address/region"),
        of("B04", r#"{"email":"a@x.org","Email":"b@x.org"}"#, "unknown-leaf", "/Email"),
        of("B05", "{\"custom\":{\"\u{e9}\":1,\"e\u{301}\":2}}", "unknown-leaf", "/custom/\u{e9}"),
        of("B06 NUL", r#"{"title\u0000":"x"}"#, "unknown-leaf", "/title\u{fffd}"),
        of("B06 space", r#"{"title ":"x"}"#, "unknown-leaf", "/title "),
        of("B25 unknown", r#"{"emial":"a@x.org"}"#, "unknown-leaf", "/emial"),
        of("B25 id", r#"{"id":"x"}"#, "read-only-leaf", "/id"),
        of("B25 version", r#"{"version":7}"#, "read-only-leaf", "/version"),
        of("B25 vendor ids", r#"{"vendor_ids":{}}"#, "unknown-leaf", "/vendor_ids"),
        of("B27 proto", r#"{"custom":{"__proto__":"x"}}"#, "unknown-leaf", "/custom/__proto__"),
        of("B27 proto at the top", r#"{"__proto__":{"x":1}}"#, "unknown-leaf", "/__proto__"),
        of("B27 where", r#"{"custom":{"$where":"x"}}"#, "unknown-leaf", "/custom/$where"),
        of("B28 dot", r#"{"custom":{"a.b":"x"}}"#, "unknown-leaf", "/custom/a.b"),
        of("B28 slash", r#"{"custom":{"a/b":"x"}}"#, "unknown-leaf", "/custom/a~1b"),
        of("B28 empty", r#"{"custom":{"":"x"}}"#, "unknown-leaf", "/custom/"),
        of("B28 emoji", "{\"custom\":{\"😀\":\"x\"}}", "unknown-leaf", "/custom/😀"),
        bytes("B28 long", format!("{{\"custom\":{{\"{}\":1}}}}", "k".repeat(300)), 400, "unknown-leaf"),
    ]
}

fn sizes() -> Vec<Refusal> {
    vec![
        bytes("B07", "[".repeat(10_000), 400, "invalid-json"),
        bytes("B07 above the limit", "[".repeat(300_000), 413, "too-large"),
        bytes("B08", format!("{}1{}", "{\"a\":".repeat(17), "}".repeat(17)), 400, "invalid-json"),
        bytes("B09", vec![b' '; 256 * 1024 + 1], 413, "too-large"),
        bytes("B10", format!("{{\"title\":\"{}\"}}", "x".repeat(255 * 1024)), 400, "invalid-value"),
        bytes("B11", members(20_000), 400, "unknown-leaf"),
        bytes("B11 above the limit", members(100_000), 413, "too-large"),
    ]
}

fn values() -> Vec<Refusal> {
    vec![
        of("B12", r#"{"custom":{"n":1e400}}"#, "invalid-value", "/custom/n"),
        of("B13", r#"{"custom":{"n":123456789012345678901234567890}}"#, "invalid-value", "/custom/n"),
        of(
            "B13 as identity",
            r#"{"identities":{"communal_main":123456789012345678901234567890}}"#,
            "invalid-value",
            "/identities/communal_main",
        ),
        of("B14 -0", r#"{"title":-0}"#, "invalid-value", "/title"),
        of("B14 1E-400", r#"{"title":1E-400}"#, "invalid-value", "/title"),
        of("B14 0.1e1", r#"{"title":0.1e1}"#, "invalid-value", "/title"),
        of("B19", r#"{"title":"a\u0000b"}"#, "invalid-value", "/title"),
        of("B20 bell", r#"{"title":"a\u0007b"}"#, "invalid-value", "/title"),
        of("B20 DEL", "{\"title\":\"a\u{7f}b\"}", "invalid-value", "/title"),
        of("B26 array", r#"{"address":[]}"#, "invalid-value", "/address"),
        of("B26 custom", r#"{"custom":["x"]}"#, "invalid-value", "/custom"),
        of("B26 object", r#"{"tags":{"a":1}}"#, "invalid-value", "/tags"),
        of("B26 text", r#"{"title":["x"]}"#, "invalid-value", "/title"),
        of("an unknown route", r#"{"identities":{"nowhere":"1"}}"#, "unknown-route", "/identities/nowhere"),
    ]
}

fn syntax() -> Vec<Refusal> {
    let invalid: [(&str, &[u8]); 16] = [
        ("B17", br#"{"title":"\ud800"}"#),
        ("B18 overlong", b"{\"title\":\"\xc0\xaf\"}"),
        ("B18 invalid", b"{\"title\":\"\xff\"}"),
        ("B18 UTF-16", b"\xff\xfe{\0}\0"),
        ("B18 UTF-8 BOM", b"\xef\xbb\xbf{}"),
        ("B20 raw control", b"{\"title\":\"a\x01b\"}"),
        ("B21 second document", b"{} {}"),
        ("B21 trailing comma", br#"{"title":"x",}"#),
        ("B21 comment", b"{/* x */}"),
        ("B21 NaN", br#"{"custom":{"n":NaN}}"#),
        ("B21 single quotes", b"{'title':'x'}"),
        ("B22 empty", b""),
        ("B22 white space", b"  \n"),
        ("leading zero", br#"{"custom":{"n":01}}"#),
        ("half a body", br#"{"title":"x"#),
        ("B15 gzip without saying so", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0"),
    ];
    let mut cases: Vec<Refusal> =
        invalid.map(|(id, body)| (id, body.to_vec(), 400, "invalid-json", None)).to_vec();
    for body in ["null", "[]", "\"x\"", "0"] {
        cases.push(of("B22", body, "invalid-value", ""));
    }
    cases
}

#[actix_web::test]
async fn a_bad_body_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    for (id, body, status, kind, pointer) in
        [duplicates_and_names(), sizes(), values(), syntax()].into_iter().flatten()
    {
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
    for kind in ["application/json", "application/merge-patch+json; charset=UTF-8"] {
        let answer = world.call(request().insert_header(("Content-Type", kind))).await;
        assert_eq!(answer.status, if kind.len() == 16 { 202 } else { 200 }, "B29 {kind}");
    }
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
