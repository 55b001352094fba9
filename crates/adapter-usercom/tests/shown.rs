//! What the answer to an update shows of what was sent: what it shows otherwise is named, what it does not show proves nothing.

use adapter::{
    Adapter as _, ErrorKind, Receipt, Subject, Update, VendorError, VendorResponse, WireField, WireValue,
};
use adapter_usercom::{Adapter, DIALECT, Options};
use canonical::Leaf;
use serde_json::{Value as JsonValue, json};

fn verdict(fields: &[(&str, WireValue)], shown: &JsonValue) -> Result<Receipt, VendorError> {
    let kind = DIALECT.subject("id").expect("a kind of subject");
    let subject = Subject::parse(kind, "42").expect("a subject");
    let field = |(to, value): &(&str, WireValue)| WireField {
        leaf: Leaf::custom("any").expect("a leaf"),
        to: (*to).to_owned(),
        value: value.clone(),
    };
    let fields: Vec<WireField> = fields.iter().map(field).collect();
    let update = Update { subject: &subject, fields: &fields };
    let request = Adapter::new(Options).build_requests(&update).expect("can be built").remove(0);
    let mut user = json!({ "id": 42, "name": "Jane Doe" });
    user.as_object_mut().expect("an object").extend(shown.as_object().expect("an object").clone());
    let body = user.to_string().into_bytes();
    Adapter::new(Options)
        .parse_response(&request, &VendorResponse { status: 200, body, ..VendorResponse::default() })
}

fn unverified(to: &str, value: WireValue, shown: &JsonValue) -> bool {
    let receipt = verdict(&[(to, value)], shown).expect("a success");
    assert!(receipt.unverified.is_empty() || receipt.unverified == [to]);
    !receipt.unverified.is_empty()
}

fn set(value: impl Into<JsonValue>) -> WireValue {
    WireValue::Set(value.into())
}

#[test]
fn a_tag_that_the_answer_does_not_have_was_not_added() {
    let tags = || WireValue::Members { wanted: vec!["vip".to_owned()], removed: Vec::new() };
    assert!(unverified("tags", tags(), &json!({ "tags": [] })));
    assert!(unverified("tags", tags(), &json!({ "tags": [{ "id": 1, "name": "old" }] })));
    assert!(!unverified(
        "tags",
        tags(),
        &json!({ "tags": [{ "id": 1, "name": "old" }, { "id": 2, "name": "vip" }] })
    ));
    assert!(!unverified("tags", tags(), &json!({ "tags": [{ "id": 2, "name": "VIP" }] })), "a spelling");
    assert!(!unverified("tags", tags(), &json!({})), "nothing is shown");
}

#[test]
fn a_company_that_the_answer_does_not_have_was_not_taken() {
    let acme = || set("acme-1");
    assert!(unverified("company_custom_id", acme(), &json!({ "companies": [] })));
    assert!(unverified(
        "company_custom_id",
        acme(),
        &json!({ "companies": [{ "id": 1, "custom_id": "other" }] })
    ));
    assert!(!unverified(
        "company_custom_id",
        acme(),
        &json!({ "companies": [{ "id": 1, "custom_id": "acme-1" }] })
    ));
    // The page shows a company without the id that was sent.
    assert!(!unverified(
        "company_custom_id",
        acme(),
        &json!({ "companies": [{ "id": 14, "name": "Acme" }] })
    ));
    assert!(!unverified("company_custom_id", acme(), &json!({})));
}

#[test]
fn a_gender_and_a_name_are_compared_as_they_are_shown() {
    assert!(unverified("gender", set(3), &json!({ "gender": "male" })));
    assert!(!unverified("gender", set(3), &json!({ "gender": "female" })));
    assert!(unverified("last_name", set("Roe"), &json!({})));
    assert!(!unverified("last_name", set("Doe"), &json!({})));
}

#[test]
fn an_attribute_is_found_under_either_of_its_names() {
    let listed = |value: &str| json!({ "attributes": [{ "id": 2429, "name": "My string attr", "name_std": "my_string_attr", "value": value }] });
    let renamed =
        json!({ "attributes": [{ "id": 1, "name": "Level", "name_std": "tier", "value": "gold" }] });
    for to in ["My string attr", "my_string_attr"] {
        assert!(!unverified(to, set("gold"), &listed("gold")), "{to}");
        assert!(unverified(to, set("gold"), &listed("silver")), "{to}");
        assert!(!unverified(to, set("gold"), &json!({ "my_string_attr": "gold" })), "{to}");
        assert!(unverified(to, set("gold"), &json!({ "my_string_attr": "silver" })), "{to}");
        assert!(unverified(to, set("gold"), &json!({})), "never created: {to}");
    }
    assert!(!unverified("Level", set("gold"), &renamed));
    assert!(!unverified("tier", set("gold"), &renamed));
    // A field of User.com's own is no attribute of the same name.
    assert!(unverified("Country", set("CA"), &json!({ "country": "CA" })));
    // Two that are alike say nothing of which it is.
    assert!(unverified("My attr", set("x"), &json!({ "my_attr": "x", "My_Attr": "x" })));
}

#[test]
fn a_custom_id_that_is_given_is_data_and_the_own_id_names_the_person() {
    assert!(!unverified("custom_id", set("crm-42"), &json!({ "custom_id": "crm-42" })));
    assert!(!unverified("custom_id", set("crm-42"), &json!({ "user_id": "crm-42" })), "version 1");
    assert!(unverified("custom_id", set("crm-42"), &json!({ "custom_id": null })));
    assert!(unverified("custom_id", set("crm-42"), &json!({ "custom_id": "crm-41" })));
    assert!(!unverified("custom_id", set("crm-42"), &json!({})));
    let error = verdict(&[("custom_id", set("crm-42"))], &json!({ "id": 43, "custom_id": "crm-42" }));
    assert_eq!(error.expect_err("another person").kind, ErrorKind::WrongSubject);
    let receipt =
        verdict(&[("custom_id", set("crm-42"))], &json!({ "custom_id": "crm-42" })).expect("a success");
    assert_eq!(receipt.witness, None, "a custom id may change, and the person stays the same");
}
