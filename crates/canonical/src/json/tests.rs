use super::*;

fn kind(body: &[u8]) -> FaultKind {
    Json::parse(body).expect_err("must be refused").kind
}

#[test]
fn equal_members_are_found_at_any_depth_and_after_unescaping() {
    for (body, pointer) in
        [(r#"{"a":1,"a":2}"#, "/a"), (r#"{"a":1,"\u0061":2}"#, "/a"), (r#"{"x":[{"b":1,"b":1}]}"#, "/x/0/b")]
    {
        let fault = Json::parse(body.as_bytes()).expect_err(body);
        assert_eq!((fault.kind, fault.pointer.as_str()), (FaultKind::DuplicateKey, pointer));
    }
}

#[test]
fn what_is_not_one_json_document_is_refused() {
    let bodies: [&[u8]; 14] = [
        b"",
        b"{} {}",
        b"{\"a\":1,}",
        b"{/**/}",
        b"NaN",
        b"{'a':1}",
        b"\xff",
        b"\xc0\xaf",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"[\"\\ud800\"]",
        b"{\"\\ud800\":1}",
        b"[01]",
        b"[\"\x01\"]",
    ];
    for body in bodies {
        assert_eq!(kind(body), FaultKind::InvalidJson, "{body:?}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_what_only_looks_right_is_named() {
    assert!(Json::parse(b"\xef\xbb\xbf{}").is_ok());
    for (body, named) in [
        ("{\u{201c}a\u{201d}:1}", "line 1, column 2 is U+201C, which looks like \""),
        ("{\n\"a\":\u{a0}1}", "line 2, column 5 is U+00A0, a no-break space"),
        ("\u{200b}{}", "line 1, column 1 is U+200B, which is not seen"),
        ("{\"a\":\u{2212}1}", "U+2212"),
    ] {
        let fault = Json::parse(body.as_bytes()).expect_err(body);
        assert!(fault.detail.contains(named), "{body}: {}", fault.detail);
    }
    let fault = Json::parse(b"{a:1}").expect_err("no quotes");
    assert!(fault.detail.ends_with("line 1, column 2"), "{}", fault.detail);
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(nested(16).as_bytes()).is_ok());
    assert_eq!(kind(nested(17).as_bytes()), FaultKind::InvalidJson);
    assert_eq!(kind("[".repeat(10_000).as_bytes()), FaultKind::InvalidJson);
    assert_eq!(kind(nested(10_000).as_bytes()), FaultKind::InvalidJson);
    assert_eq!(kind(&vec![b' '; MAX_BODY + 1]), FaultKind::TooLarge);
}

#[test]
fn numbers_keep_their_text_and_members_their_order() {
    let json = Json::parse(br#"{"b":1.50,"a":123456789012345678901234567890}"#).expect("valid");
    let members = json.as_object().expect("an object");
    assert!(matches!(&members[0].1, Json::Number(text) if text == "1.50"));
    assert_eq!(members[1].0, "a");
    let mut canonical = String::new();
    json.write_canonical(&mut canonical);
    assert_eq!(canonical, r#"{"a":123456789012345678901234567890,"b":1.50}"#);
}
