//! A route that knows people by User.com's own id and gives them a custom id.

use std::collections::BTreeMap;

use adapter::{
    Adapter as _, Fate, FieldOption, FieldOptions, Mapping, MappingFault, MappingOptions, Subject, Update,
    WireField, WireValue,
};
use adapter_usercom::{Adapter, DIALECT, Options};
use canonical::{Leaf, Value};
use serde_json::json;

fn crm_id() -> Leaf {
    Leaf::custom("crm_id").expect("a leaf")
}

fn options(second_id: Leaf, fields: Vec<(Leaf, FieldOption)>) -> MappingOptions {
    MappingOptions {
        second_id: Some(second_id),
        fields: fields.into_iter().collect(),
        ..MappingOptions::default()
    }
}

fn to(name: &str) -> FieldOption {
    FieldOption::On(FieldOptions { to: Some(name.to_owned()), ..FieldOptions::default() })
}

fn sentence(mapping: Result<Mapping, Vec<MappingFault>>) -> String {
    mapping.expect_err("a mistake").remove(0).to_string()
}

#[test]
fn the_leaf_that_the_route_names_is_the_custom_id() {
    let mapping = Mapping::new(&DIALECT, &options(crm_id(), vec![])).expect("valid");
    let carry = |value: Option<&Value>| mapping.carry(&crm_id(), value);
    assert_eq!(carry(Some(&Value::Text("crm-42".to_owned()))), Ok(WireValue::Set("crm-42".into())));
    assert_eq!(carry(Some(&Value::Integer(42))), Ok(WireValue::Set("42".into())));
    assert_eq!(carry(None), Err(Fate::NotClearable), "nobody loses a name");
    for text in ["", " ", "crm-42 ", ".", "..", "a\u{7}"] {
        assert_eq!(carry(Some(&Value::Text(text.to_owned()))), Err(Fate::NotRepresentable), "{text:?}");
    }
    let subject = Subject::parse(DIALECT.subject("id").expect("a kind"), "42").expect("a subject");
    let field = |value| WireField { leaf: crm_id(), to: "custom_id".to_owned(), value };
    let build = |value| {
        let fields = [field(value)];
        Adapter::new(Options).build_requests(&Update { subject: &subject, fields: &fields })
    };
    let request = build(WireValue::Set("crm-42".into())).expect("can be built").remove(0);
    assert_eq!(request.path.segments, ["api", "public", "users", "42"]);
    assert_eq!(request.body, Some(json!({ "custom_id": "crm-42" })));
    assert!(build(WireValue::Clear).is_err(), "no call takes a custom id away");
}

#[test]
fn a_custom_id_is_given_by_the_option_alone_and_from_an_id() {
    let plain =
        MappingOptions { fields: BTreeMap::from([(crm_id(), to("custom_id"))]), ..MappingOptions::default() };
    let says = sentence(Mapping::new(&DIALECT, &plain));
    assert!(says.contains("write custom_id = \"custom.crm_id\" at the route"), "{says}");
    for leaf in [Leaf::Email, Leaf::PhoneNumber, Leaf::Nickname, Leaf::Tags] {
        let says = sentence(Mapping::new(&DIALECT, &options(leaf, vec![])));
        assert!(says.contains("from a leaf that is one"), "{says}");
    }
    let says = sentence(Mapping::new(&DIALECT, &options(crm_id(), vec![(crm_id(), to("tier"))])));
    assert!(says.contains("goes to one place alone"), "{says}");
    assert!(Mapping::new(&DIALECT, &options(Leaf::PreferredUsername, vec![])).is_ok());
}

#[test]
fn a_custom_id_needs_no_definition_at_the_vendor() {
    let mapping = Mapping::new(&DIALECT, &options(crm_id(), vec![])).expect("valid");
    assert_eq!(adapter::missing(&mapping, &[]), []);
}

mod contract {
    //! The suite for people who are known by User.com's own id and are given a custom id.

    use adapter::VendorResponse;
    use testkit::adapter::{ContractCase, Proof};

    use super::*;

    fn case() -> ContractCase {
        let tier = (Leaf::custom("tier").expect("a leaf"), to("tier"));
        ContractCase {
            adapter: Box::new(Adapter::new(Options)),
            mapping: options(crm_id(), vec![tier]),
            answer: |subject| {
                let body = format!(r#"{{"id": {}, "name": "Jane Doe"}}"#, subject.as_str()).into_bytes();
                VendorResponse { status: 200, body, ..VendorResponse::default() }
            },
            names: &["id"],
            proof: Proof::Body,
            golden: concat!(env!("CARGO_MANIFEST_DIR"), "/golden/second_id"),
        }
    }

    testkit::adapter_contract!(case());
}

#[test]
fn whoever_is_known_by_a_custom_id_gets_no_other_one() {
    let subject = DIALECT.subject("custom_id").expect("a kind");
    let says = sentence(Mapping::for_subject(&DIALECT, subject, &options(crm_id(), vec![])));
    assert!(says.contains("by their custom_id already"), "{says}");
}
