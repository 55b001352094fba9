//! Communifire's answers.

use std::sync::LazyLock;

use adapter::{Receipt, VendorRequest, VendorResponse};
use adapter_communifire::{Adapter, ErrorRule, Options};
use canonical::{Json, Leaf};

use crate::{
    answer::{self, id, requests, set},
    reference,
};

static ADAPTER: LazyLock<Adapter> = LazyLock::new(|| {
    let rules =
        [("(?i)not found", "NotFound"), ("(?i)try again|busy", "Unavailable"), ("(?i)limit", "RateLimited")];
    let errors = rules.map(|(pattern, kind)| ErrorRule::new(pattern, kind).expect("a rule")).to_vec();
    Adapter::new(Options { errors, ..Options::default() })
});
static SENT: LazyLock<Vec<VendorRequest>> = LazyLock::new(|| {
    let fields = [set(Leaf::GivenName, "First name", "Jane"), set(Leaf::FamilyName, "Last name", "Doe")];
    let by = |subject| requests(&*ADAPTER, subject, &fields);
    [by(("user_id", "42")), by(("username", "jane")), by(("email", "jane@example.org"))].concat()
});

/// Reads `data` as the answer to an update of user 42, of the user named jane, and of the one with an address.
pub fn target(data: &[u8]) {
    answer::judge(&*ADAPTER, &SENT, data, confirm);
}

/// A success is status 200 with `IsError: false` and the person's id.
fn confirm(sent: &VendorRequest, response: &VendorResponse, receipt: &Receipt) {
    assert_eq!(response.status, 200, "another status");
    let answer = match answer::document(response).expect("a success is JSON") {
        Json::String(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            reference::read(text.as_bytes(), 32).expect("a success is JSON within a string")
        }
        other => other,
    };
    assert_eq!(answer.get("IsError"), Some(&Json::Bool(false)), "not false");
    let named = answer.get("ResponseData").and_then(id).expect("a success names a person");
    assert_eq!(receipt.witness.as_deref(), Some(named), "another witness");
    if sent.subject.kind().name == "user_id" {
        assert_eq!(named, "42", "another person");
    }
}
