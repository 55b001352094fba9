//! User.com's answers, those to removals included.

use std::sync::LazyLock;

use adapter::{Method, Receipt, VendorRequest, VendorResponse, WireField, WireValue};
use adapter_usercom::{Adapter, Options};
use canonical::{Json, Leaf};

use crate::answer::{self, id, requests, set};

static ADAPTER: LazyLock<Adapter> = LazyLock::new(|| Adapter::new(Options));
static SENT: LazyLock<Vec<VendorRequest>> = LazyLock::new(|| {
    let custom = |key| Leaf::custom(key).expect("a custom key");
    let tags = WireValue::Members { wanted: vec!["vip".to_owned()], removed: vec!["old".to_owned()] };
    let fields = [
        set(Leaf::GivenName, "first_name", "Jane"),
        set(Leaf::FamilyName, "last_name", "Doe"),
        set(Leaf::Locality, "city", "Toronto"),
        set(custom("tier"), "tier", "gold"),
        WireField { leaf: custom("floor"), to: "floor".to_owned(), value: WireValue::Clear },
        WireField { leaf: Leaf::Tags, to: "tags".to_owned(), value: tags },
    ];
    let by = |subject| requests(&*ADAPTER, subject, &fields);
    [by(("id", "42")), by(("custom_id", "crm-42"))].concat()
});

/// Reads `data` as the answer to an update and to removals, by id 42 and by custom id crm-42.
pub fn target(data: &[u8]) {
    answer::judge(&*ADAPTER, &SENT, data, confirm);
}

/// A success of an update is the user object of the person, which may be silent about the custom id that found it but then
/// shows nothing; one of a removal has no body, or an object that names nobody else and is no list of errors.
fn confirm(sent: &VendorRequest, response: &VendorResponse, receipt: &Receipt) {
    assert!((200..300).contains(&response.status), "another status");
    let is_removal = sent.method != Method::Put;
    if is_removal && answer::body(response).trim_ascii().is_empty() {
        return;
    }
    let answered = answer::document(response).expect("a success is JSON");
    let names = |name| answered.get(name).is_some();
    if is_removal && !["id", "custom_id", "user_id"].into_iter().any(names) {
        assert!(names("removed") || names("status"), "nothing was said");
        assert!(!matches!(answered.get("errors"), Some(Json::String(_) | Json::Number(_))), "errors");
        return;
    }
    let named = answered.get("id").and_then(id).expect("a success names a person");
    if sent.subject.kind().name == "id" {
        assert_eq!(named, "42", "another person");
        return;
    }
    assert_eq!(receipt.witness.as_deref(), Some(named), "another witness");
    match answered.get("custom_id").or_else(|| answered.get("user_id")) {
        Some(Json::String(text) | Json::Number(text)) => assert_eq!(text, "crm-42", "another person"),
        None if !is_removal => assert!(receipt.shown.is_none(), "a record that may be another person's"),
        _ => panic!("a success that does not name the person"),
    }
}
