//! What the calls that take a tag away prove.

use adapter::{
    Absence, Adapter as _, ErrorKind, Receipt, Subject, Update, VendorError, VendorRequest, VendorResponse,
    WireField, WireValue,
};
use adapter_usercom::{Adapter, DIALECT, Options};
use canonical::Leaf;
use serde_json::{Value as JsonValue, json};

fn request(kind: &str, subject: &str) -> VendorRequest {
    let kind = DIALECT.subject(kind).expect("a kind of subject");
    let subject = Subject::parse(kind, subject).expect("a subject");
    let value = WireValue::Members { wanted: Vec::new(), removed: vec!["ours".to_owned()] };
    let fields = [WireField { leaf: Leaf::Tags, to: "tags".to_owned(), value }];
    let update = Update { subject: &subject, fields: &fields };
    Adapter::new(Options).build_requests(&update).expect("can be built").remove(0)
}

fn verdict(kind: &str, subject: &str, status: u16, body: &JsonValue) -> Result<Receipt, VendorError> {
    let body = body.to_string().into_bytes();
    let response = VendorResponse { status, body, ..VendorResponse::default() };
    Adapter::new(Options).parse_response(&request(kind, subject), &response)
}

#[test]
fn a_404_to_a_removal_is_a_failure_unless_the_person_is_shown_without_the_tag() {
    for (kind, subject) in [("id", "42"), ("custom_id", "crm-42")] {
        let error = verdict(kind, subject, 404, &json!({ "detail": "Not found." })).expect_err("no success");
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(error.unless_absent.as_deref(), Some(&Absence::of_member("tags", "ours")));
    }
}

#[test]
fn a_record_that_still_shows_the_tag_proves_nothing() {
    let user = |tags: JsonValue| json!({ "id": 42, "custom_id": "crm-42", "tags": tags });
    for (kind, subject) in [("id", "42"), ("custom_id", "crm-42")] {
        let told = |tags| verdict(kind, subject, 200, &user(tags));
        assert!(told(json!([])).is_ok());
        assert!(told(json!([{ "id": 1, "name": "theirs" }])).is_ok());
        let error = told(json!([{ "id": 1, "name": "ours" }])).expect_err("no success");
        assert_eq!(error.kind, ErrorKind::Unreadable);
        assert_eq!(error.unless_absent.as_deref(), Some(&Absence::of_member("tags", "ours")));
    }
}

#[test]
fn an_answer_about_somebody_else_stays_one_whatever_it_shows() {
    for (kind, subject, body) in [
        ("id", "42", json!({ "id": 43, "tags": [] })),
        ("custom_id", "crm-42", json!({ "id": 42, "custom_id": "crm-43", "tags": [] })),
        ("custom_id", "crm-42", json!({ "user_id": "crm-43", "removed": true })),
    ] {
        let error = verdict(kind, subject, 200, &body).expect_err("no success");
        assert_eq!((error.kind, error.unless_absent), (ErrorKind::WrongSubject, None), "{body}");
    }
}
