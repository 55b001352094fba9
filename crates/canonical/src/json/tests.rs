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
        b"\xef\xbb\xbf{}",
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
