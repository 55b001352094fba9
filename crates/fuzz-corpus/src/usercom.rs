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

/// A success of an update is the user object of the person; a removal is done, or there was nothing to remove.
fn confirm(sent: &VendorRequest, response: &VendorResponse, receipt: &Receipt) {
    let success = (200..300).contains(&response.status);
    if sent.method != Method::Put {
        assert!(success || response.status == 404, "a removal that failed");
        return;
    }
    assert!(success, "another status");
    let user = answer::document(response).expect("a success is JSON");
    let named = user.get("id").and_then(id).expect("a success names a person");
    if sent.subject.kind().name == "id" {
        assert_eq!(named, "42", "another person");
        return;
    }
    assert_eq!(receipt.witness.as_deref(), Some(named), "another witness");
    if let Some(Json::String(text) | Json::Number(text)) = user.get("custom_id") {
        assert_eq!(text, "crm-42", "another person");
    }
}
