//! The strict JSON reader: it takes what the grammar allows, once per member, after a byte order mark or none, and nothing else.

use canonical::{FaultKind, Json, MAX_BODY, MAX_DEPTH};

use crate::reference;

/// Reads `data` with the gateway's reader and with the reference; both must agree.
pub fn target(data: &[u8]) {
    let read = Json::parse(data);
    let expected = reference::read(data, MAX_DEPTH).filter(|_| data.len() <= MAX_BODY);
    match (&read, &expected) {
        (Ok(json), Some(expected)) => {
            assert!(json == expected, "two readers see two documents");
            canonical_form_is_stable(json);
        }
        (Err(fault), None) => {
            let kinds = [FaultKind::InvalidJson, FaultKind::DuplicateKey, FaultKind::TooLarge];
            assert!(kinds.contains(&fault.kind), "another kind of fault: {fault:?}");
            assert!(!fault.to_string().contains(char::is_control), "a control character in a message");
        }
        (Ok(_), None) => panic!("accepted, but not strict JSON"),
        (Err(fault), Some(_)) => panic!("strict JSON, but refused: {fault}"),
    }
}

fn canonical_form_is_stable(json: &Json) {
    let mut once = String::new();
    json.write_canonical(&mut once);
    let again = reference::read(once.as_bytes(), MAX_DEPTH).expect("the canonical form is JSON");
    let mut twice = String::new();
    again.write_canonical(&mut twice);
    assert_eq!(once, twice, "the canonical form of the canonical form is another one");
}
