use super::*;

fn patch(body: &str) -> Patch {
    Patch::parse(body.as_bytes(), &Rules::default()).unwrap_or_else(|faults| panic!("{body}: {faults:?}"))
}

fn fault(body: &str) -> Fault {
    Patch::parse(body.as_bytes(), &Rules::default()).expect_err(body).remove(0)
}

fn text(text: &str) -> Change {
    Change::Set(Value::Text(text.to_owned()))
}

#[test]
fn absent_null_and_value_are_three_states() {
    let patch = patch(r#"{"title":"Coach","nickname":null,"department":""}"#);
    assert_eq!(patch.changes.get(&Leaf::Title), Some(&text("Coach")));
    assert_eq!(patch.changes.get(&Leaf::Nickname), Some(&Change::Clear));
    assert_eq!(patch.changes.get(&Leaf::Department), Some(&text("")));
    assert_eq!(patch.changes.get(&Leaf::Name), None);
}

#[test]
fn a_null_address_clears_six_leaves_and_a_member_touches_one() {
    let all = patch(r#"{"address":null}"#);
    assert_eq!(all.changes.len(), 6);
    assert!(all.changes.values().all(|change| *change == Change::Clear));
    assert_eq!(patch(r#"{"address":{"locality":"Rome"}}"#).changes.len(), 1);
    assert!(patch(r#"{"address":{}}"#).changes.is_empty());
}

#[test]
fn an_empty_string_is_no_value_for_a_typed_leaf() {
    for leaf in ["email", "phone_number", "birthdate", "locale", "zoneinfo"] {
        let fault = fault(&format!(r#"{{"{leaf}":""}}"#));
        assert_eq!(fault.kind, FaultKind::InvalidValue);
        assert!(fault.detail.contains("null"), "{}", fault.detail);
        assert_eq!(fault.pointer, format!("/{leaf}"));
    }
}

#[test]
fn an_unknown_leaf_is_answered_with_the_nearest_known_one() {
    let misspelt = fault(r#"{"emial":"a@x.org"}"#);
    assert_eq!((misspelt.kind, misspelt.pointer.as_str()), (FaultKind::UnknownLeaf, "/emial"));
    assert!(misspelt.detail.contains("email"));
    assert!(fault(r#"{"address":{"city":"Rome"}}"#).pointer == "/address/city");
    for body in [
        r#"{"Email":"a@x.org"}"#,
        r#"{"address.locality":"x"}"#,
        r#"{"custom.tier":"x"}"#,
        r#"{"email ":"x"}"#,
    ] {
        assert_eq!(fault(body).kind, FaultKind::UnknownLeaf, "{body}");
    }
}

#[test]
fn members_that_the_gateway_answers_cannot_be_written() {
    for name in ["id", "version", "updated_at", "routes"] {
        assert_eq!(fault(&format!(r#"{{"{name}":1}}"#)).kind, FaultKind::ReadOnlyLeaf);
    }
}

#[test]
fn values_are_not_coerced_between_json_types() {
    for body in [
        r#"{"title":-0}"#,
        r#"{"title":1E-400}"#,
        r#"{"title":true}"#,
        r#"{"title":[]}"#,
        r#"{"title":{}}"#,
        r#"{"address":[]}"#,
        r#"{"address":"x"}"#,
        r#"{"custom":[]}"#,
        r#"{"tags":"x"}"#,
        r#"{"tags":[1]}"#,
        r#"{"identities":[]}"#,
        r#"{"identities":{"a":true}}"#,
        r#"{"custom":{"a":{}}}"#,
        "null",
        "[]",
        "\"x\"",
        "0",
    ] {
        assert_eq!(fault(body).kind, FaultKind::InvalidValue, "{body}");
    }
}

#[test]
fn control_characters_are_refused_but_line_feeds_of_a_street_address() {
    for text in [r"\u0000", r"\u001b]0;pwn\u0007", r"a\r\nb", r"\u007f", r"\u0085", r"a\tb"] {
        assert_eq!(fault(&format!(r#"{{"title":"{text}"}}"#)).kind, FaultKind::InvalidValue, "{text}");
    }
    assert_eq!(patch(r#"{"address":{"street_address":"1 Main\nUnit 2"}}"#).changes.len(), 1);
    assert_eq!(fault(r#"{"title":"a\nb"}"#).kind, FaultKind::InvalidValue);
    assert_eq!(patch(r#"{"title":"a\u2028b \u202e"}"#).changes.len(), 1);
}

#[test]
fn custom_values_keep_their_json_type() {
    let patch =
        patch(r#"{"custom":{"a":1,"b":1.5,"c":true,"d":["x"],"e":"","f":null,"g":9007199254740991}}"#);
    let value = |key: &str| patch.changes.get(&Leaf::custom(key).expect("a key"));
    assert_eq!(value("a"), Some(&Change::Set(Value::Integer(1))));
    assert!(matches!(value("b"), Some(Change::Set(Value::Decimal(_)))));
    assert_eq!(value("c"), Some(&Change::Set(Value::Bool(true))));
    assert_eq!(value("e"), Some(&text("")));
    assert_eq!(value("f"), Some(&Change::Clear));
    for number in ["9007199254740992", "123456789012345678901234567890", "1e400"] {
        assert_eq!(fault(&format!(r#"{{"custom":{{"a":{number}}}}}"#)).pointer, "/custom/a");
    }
}

#[test]
fn every_mistake_of_a_body_is_reported() {
    let faults = Patch::parse(br#"{"email":"x","birthdate":"1.1.1990","title":"ok"}"#, &Rules::default());
    let faults = faults.expect_err("two mistakes");
    assert_eq!(
        faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(),
        ["/email", "/birthdate"]
    );
}

#[test]
fn identities_take_strings_and_integers() {
    let patch = patch(r#"{"identities":{"communal_main":89,"village":"jane@x.org","old":null}}"#);
    assert_eq!(patch.identities["communal_main"], IdentityChange::Set("89".to_owned()));
    assert_eq!(patch.identities["old"], IdentityChange::Remove);
    for value in ["-1", "1.5", "\"\"", "\"a\\u0000\"", "{}"] {
        assert_eq!(fault(&format!(r#"{{"identities":{{"a":{value}}}}}"#)).pointer, "/identities/a");
    }
}

/// A body with one value that is as long as allowed, or longer by one.
fn assert_longest(body: impl Fn(usize) -> String, longest: usize) {
    let of_length = |length| Patch::parse(body(length).as_bytes(), &Rules::default());
    assert!(of_length(longest).is_ok(), "{longest} are taken");
    let faults = of_length(longest + 1).expect_err("longer than allowed");
    assert_eq!(faults[0].kind, FaultKind::InvalidValue, "{longest} and one are not: {}", faults[0].detail);
}

#[test]
fn a_value_may_be_as_long_as_documented_and_no_longer() {
    let listed = |count: usize| (0..count).map(|at| format!("\"{at}\"")).collect::<Vec<_>>().join(",");
    assert_longest(|length| format!(r#"{{"title":"{}"}}"#, "x".repeat(length)), 8_192);
    assert_longest(|length| format!(r#"{{"title":"xx{}"}}"#, "é".repeat(length)), 4_095);
    assert_longest(|length| format!(r#"{{"custom":{{"a":"{}"}}}}"#, "x".repeat(length)), 8_192);
    assert_longest(|length| format!(r#"{{"custom":{{"a":["{}"]}}}}"#, "x".repeat(length)), 8_192);
    assert_longest(|count| format!(r#"{{"custom":{{"a":[{}]}}}}"#, listed(count)), 64);
    assert_longest(|count| format!(r#"{{"tags":[{}]}}"#, listed(count)), 256);
    assert_longest(|length| format!(r#"{{"identities":{{"a":"{}"}}}}"#, "x".repeat(length)), 254);
    assert_longest(|length| format!(r#"{{"identities":{{"a":{}}}}}"#, "1".repeat(length)), 19);
}

#[test]
fn tags_that_are_named_twice_are_one() {
    let twice: Vec<String> = (0..300).map(|at| format!("\"{}\"", at % 256)).collect();
    assert_eq!(patch(&format!(r#"{{"tags":[{}]}}"#, twice.join(","))).changes.len(), 1);
}
