use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::Rules;

fn patch(body: &serde_json::Value) -> Patch {
    Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a valid patch")
}

fn applied(patches: &[serde_json::Value]) -> Profile {
    let mut profile = Profile::default();
    for (at, body) in patches.iter().enumerate() {
        profile.apply(&patch(body), at as u64 + 1).expect("within the limits");
    }
    profile
}

#[test]
fn a_leaf_set_to_an_equal_value_keeps_its_version() {
    let mut profile = applied(&[json!({"phone_number": "+14165551234", "title": "Coach"})]);
    let again = profile.apply(&patch(&json!({"phone_number": "+1 416 555 1234", "title": "Head coach"})), 2);
    let again = again.expect("small");
    assert_eq!(again.unchanged, BTreeSet::from([Leaf::PhoneNumber]));
    assert_eq!(again.changed, BTreeSet::from([Leaf::Title]));
    assert_eq!(profile.get(&Leaf::PhoneNumber).expect("set").version, 1);
    assert_eq!(profile.get(&Leaf::Title).expect("set").version, 2);
}

#[test]
fn clearing_a_leaf_that_was_never_set_is_a_change_once() {
    let mut profile = Profile::default();
    assert!(
        profile
            .apply(&patch(&json!({"nickname": null})), 1)
            .expect("small")
            .changed
            .contains(&Leaf::Nickname)
    );
    assert!(profile.apply(&patch(&json!({"nickname": null})), 2).expect("small").changed.is_empty());
}

#[test]
fn a_cleared_address_stays_cleared_when_one_line_of_it_is_set_again() {
    let profile = applied(&[
        json!({"address": {"locality": "Paris", "postal_code": "75001"}}),
        json!({"address": null}),
        json!({"address": {"locality": "Rome"}}),
    ]);
    assert_eq!(profile.value(&Leaf::PostalCode), None);
    assert_eq!(profile.to_json()["address"]["locality"], "Rome");
    assert_eq!(profile.to_json()["address"]["postal_code"], serde_json::Value::Null);
}

#[test]
fn clearing_all_custom_leaves_clears_those_that_hold_a_value() {
    let mut profile = applied(&[json!({"custom": {"a": 1, "b": null}})]);
    let cleared = profile.apply(&patch(&json!({"custom": null})), 2).expect("small");
    assert_eq!((cleared.changed.len(), cleared.unchanged.len()), (1, 0));
    assert_eq!(profile.to_json()["custom"], json!({"a": null, "b": null}));
}

#[test]
fn a_profile_that_would_grow_too_large_is_left_as_it_was() {
    let mut profile = applied(&[json!({"title": "Coach"})]);
    let before = profile.clone();
    let keys: serde_json::Map<_, _> = (0..257).map(|at| (format!("k{at}"), json!(1))).collect();
    let fault = profile.apply(&patch(&json!({"custom": keys})), 2).expect_err("257 keys");
    assert_eq!((fault.kind, fault.pointer.as_str()), (FaultKind::TooLarge, "/custom"));
    let text = "x".repeat(8000);
    let big = |prefix: &str| -> serde_json::Map<_, _> {
        (0..20).map(|at| (format!("{prefix}{at}"), json!(text))).collect()
    };
    profile.apply(&patch(&json!({"custom": big("a")})), 2).expect("160 KB");
    assert_eq!(
        profile.apply(&patch(&json!({"custom": big("b")})), 3).expect_err("320 KB").kind,
        FaultKind::TooLarge
    );
    assert_ne!(profile, before);
}

#[test]
fn a_stored_profile_comes_back_as_it_was() {
    let profile = applied(&[
        json!({"given_name": "Zoë", "email": "Z@x.org", "phone_number": "+1 (416) 555-1234", "birthdate": "1990-01-02",
            "locale": "en-ca", "zoneinfo": "America/Toronto", "address": {"country": "CA", "street_address": "1\n2"},
            "tags": ["b", "a"], "custom": {"i": -5, "d": 1.0, "e": 0.1, "t": true, "l": ["x", ""], "s": "", "gone": null}}),
        json!({"given_name": null}),
    ]);
    let decoded = Profile::decode(&profile.encode()).expect("our own encoding");
    assert_eq!(decoded, profile);
    let Some(Value::Phone(phone)) = decoded.value(&Leaf::PhoneNumber) else { panic!("a phone number") };
    assert_eq!(phone.as_sent(), "+1 (416) 555-1234");
}

/// Readers of floats that are fast and not exact change the last digit of these.
#[test]
fn a_decimal_comes_back_from_the_store_to_its_last_digit() {
    let numbers = [2.225_720_14e-308, 51.248_178_375_505_4, 9.249_947_332_918_658e19];
    let profile = applied(&[json!({"custom": {"a": numbers[0], "b": numbers[1], "c": numbers[2]}})]);
    assert_eq!(Profile::decode(&profile.encode()).expect("our own encoding"), profile);
}

#[test]
fn bytes_that_are_no_profile_are_refused() {
    let bodies: [&[u8]; 8] = [
        b"",
        b"{}",
        b"\x02{}",
        b"\x01[]",
        b"\x01{\"email\":[1,\"nope\"]}",
        b"\x01{\"zzz\":[1]}",
        b"\x01{\"title\":[0]}",
        b"\x01{\"title\":[1,2]}",
    ];
    for bytes in bodies {
        assert!(Profile::decode(bytes).is_err(), "{bytes:?}");
    }
}

/// RFC 7396 section 2, word for word, as the reference.
fn merge_patch(target: &mut serde_json::Value, patch: &serde_json::Value) {
    let Some(members) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in members {
        if value.is_null() {
            target.as_object_mut().expect("an object").remove(name);
        } else {
            merge_patch(target.as_object_mut().expect("an object").entry(name).or_insert(json!(null)), value);
        }
    }
}

fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(members) => {
            let kept = members.into_iter().map(|(name, value)| (name, without_nulls(value)));
            let kept = kept.filter(|(_, value)| !value.is_null() && *value != json!({}));
            serde_json::Value::Object(kept.collect())
        }
        other => other,
    }
}

fn any_patch() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![Just(json!(null)), Just(json!("a")), Just(json!("b")), Just(json!(""))];
    let group = prop_oneof![
        1 => Just(None),
        4 => proptest::collection::btree_map(prop_oneof![Just("locality"), Just("region"), Just("postal_code")], text.clone(), 0..3).prop_map(Some),
    ];
    (
        proptest::collection::btree_map(
            prop_oneof![Just("title"), Just("nickname"), Just("name")],
            text,
            0..3,
        ),
        proptest::option::of(group.clone()),
        proptest::option::of(group),
    )
        .prop_map(|(top, address, custom)| {
            let mut body = json!(top);
            if let Some(address) = address {
                body["address"] = json!(address);
            }
            if let Some(custom) = custom {
                body["custom"] = json!(custom);
            }
            body
        })
}

proptest! {
    #[test]
    fn applying_patches_leaf_by_leaf_equals_rfc_7396_in_order(patches in proptest::collection::vec(any_patch(), 0..8)) {
        let mut reference = json!({});
        for body in &patches {
            merge_patch(&mut reference, body);
        }
        let profile = applied(&patches);
        prop_assert_eq!(without_nulls(serde_json::Value::Object(profile.to_json())), without_nulls(reference));
        let stored = profile.encode();
        prop_assert_eq!(stored.len(), profile.encoded_len());
        prop_assert_eq!(Profile::decode(&stored).expect("our own encoding"), profile);
    }
}
