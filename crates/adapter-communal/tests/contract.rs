//! The contract suite, and the examples on Communal's page.

use adapter::VendorResponse;
use adapter_communal::{Adapter, Options};
use serde_json::json;
use testkit::adapter::{ContractCase, Proof, assert_passes, lengths_are_those_of_the_page, page_golden};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

fn case() -> ContractCase {
    ContractCase {
        adapter: Box::new(Adapter::new(Options::default())),
        mapping: adapter::MappingOptions::default(),
        answer: |subject| VendorResponse {
            status: 200,
            body: format!(r#"{{"id": {}, "name": "Jane Doe"}}"#, subject.as_str()).into_bytes(),
            ..VendorResponse::default()
        },
        names: &["id"],
        proof: Proof::BodyIfAny,
        golden: GOLDEN,
    }
}

testkit::adapter_contract!(case());
testkit::reader_contract!(case());

#[test]
fn the_contact_example_on_the_page_is_what_is_sent() {
    let file = format!("{GOLDEN}/communal-update-user-profiles-contact.json");
    assert_passes(page_golden(&Adapter::new(Options::default()), file));
}

#[test]
fn the_address_example_on_the_page_is_what_is_sent() {
    let file = format!("{GOLDEN}/communal-update-user-profiles-address.json");
    assert_passes(page_golden(&Adapter::new(Options::default()), file));
}

#[test]
fn the_version_of_the_api_is_the_configured_one() {
    use adapter::{Adapter as _, Subject, Update, WireField, WireValue};
    let adapter = Adapter::new(Options { api_version: "2026-08-25".to_owned() });
    let subject = Subject::parse(&adapter.dialect().subjects[0], "89").expect("an id");
    let fields: Vec<WireField> = adapter.dialect().fields[..3]
        .iter()
        .map(|rule| WireField {
            leaf: rule.leaf.clone().expect("a required field has a leaf"),
            to: rule.to.to_owned(),
            value: WireValue::Set(json!("x")),
        })
        .collect();
    let requests = adapter.build_requests(&Update { subject: &subject, fields: &fields }).expect("valid");
    assert!(requests[0].headers.contains(&("X-Api-Version", "2026-08-25".to_owned())));
}

#[test]
fn a_birthday_without_a_year_cannot_be_represented() {
    let mapping = adapter::Mapping::new(&adapter_communal::DIALECT, &adapter::MappingOptions::default());
    let value = canonical::Value::Date("0000-05-17".parse().expect("a date"));
    let carried = mapping.expect("valid").carry(&canonical::Leaf::Birthdate, Some(&value));
    assert_eq!(carried, Err(adapter::Fate::NotRepresentable));
}

/// From the OpenAPI description of `PUT /users/{user}`, which has none for any other field.
#[test]
fn no_value_is_longer_than_communal_takes_it() {
    let documented = [("first_name", 255), ("last_name", 255), ("middle_name", 255), ("preferred_name", 255)];
    assert_passes(lengths_are_those_of_the_page(&Adapter::new(Options::default()), &documented));
}

/// Documentation of versions: deprecated ones add `X-Api-Version-Warning` and `Sunset: <date>`.
#[test]
fn a_deprecated_version_is_a_warning_with_its_date() {
    use adapter::{Deprecation, Notice};
    let said = [
        ("x-api-version", "2026-02-01"),
        ("x-api-version-warning", "This API version is deprecated."),
        ("sunset", "Fri, 31 Dec 2027 00:00:00 GMT"),
    ];
    let headers =
        |count: usize| said[..count].iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let read = |count| {
        let body = br#"{"id": 89}"#.to_vec();
        let response = VendorResponse { status: 200, headers: headers(count).collect(), body };
        Notice::read(&response, &adapter_communal::DIALECT)
    };
    let says = Some("This API version is deprecated.".to_owned());
    let warned = |sunset| Notice::Deprecated(Deprecation { since: None, sunset, says: says.clone() });
    assert_eq!([read(1), read(2), read(3)], [Notice::None, warned(None), warned(Some(1_830_211_200))]);
}
