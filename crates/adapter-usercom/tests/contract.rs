//! The contract suite, and the example on User.com's page.

use std::collections::BTreeMap;

use adapter::{FieldOption, FieldOptions, Mapping, MappingOptions, VendorResponse};
use adapter_usercom::{Adapter, DIALECT, Options};
use testkit::adapter::{ContractCase, Proof, assert_passes, lengths_are_those_of_the_page, page_golden};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

fn case() -> ContractCase {
    ContractCase {
        adapter: Box::new(Adapter::new(Options)),
        mapping: mapped(&[
            ("custom.tier", "tier"),
            ("custom.newsletter", "wants_newsletter"),
            ("custom.points", "score"),
            ("custom.interests", "interests"),
        ]),
        answer: |subject| {
            let body = match subject.kind().name {
                "id" => format!(r#"{{"id": {}, "name": "Jane Doe"}}"#, subject.as_str()),
                _ => format!(r#"{{"id": 4711, "custom_id": "{}"}}"#, subject.as_str()),
            };
            VendorResponse { status: 200, body: body.into_bytes(), ..VendorResponse::default() }
        },
        names: &["id", "custom_id"],
        proof: Proof::Body,
        golden: GOLDEN,
    }
}

fn mapped(names: &[(&str, &str)]) -> MappingOptions {
    let option =
        |to: &str| FieldOption::On(FieldOptions { to: Some(to.to_owned()), ..FieldOptions::default() });
    let fields: BTreeMap<_, _> =
        names.iter().map(|(leaf, to)| (leaf.parse().expect("a leaf"), option(to))).collect();
    MappingOptions { fields, ..MappingOptions::default() }
}

testkit::adapter_contract!(case());
testkit::reader_contract!(case());

#[test]
fn the_example_on_the_page_is_what_is_sent() {
    let file = format!("{GOLDEN}/user-com-update-user.json");
    assert_passes(page_golden(&Adapter::new(Options), file));
}

#[test]
fn no_attribute_can_take_the_place_of_the_person_or_of_what_user_com_owns() {
    for name in ["id", "custom_id", "ID", "name", "attributes"] {
        assert!(Mapping::new(&DIALECT, &mapped(&[("custom.tier", name)])).is_err(), "{name}");
    }
}

#[test]
fn a_company_is_sent_only_where_a_route_says_that_it_is_an_id() {
    use adapter::Fate;
    use canonical::{Leaf, Value};
    let company = Value::Text("acme-1".to_owned());
    let usual = Mapping::new(&DIALECT, &MappingOptions::default()).expect("valid");
    assert_eq!(usual.carry(&Leaf::Organization, Some(&company)), Err(Fate::Unsupported));
    let by_id = Mapping::new(&DIALECT, &mapped(&[("organization", "company_custom_id")])).expect("valid");
    assert!(by_id.carry(&Leaf::Organization, Some(&company)).is_ok());
}

/// The names are from the page of the update call; the others are where User.com's own client cuts.
#[test]
fn no_value_is_longer_than_user_com_takes_it() {
    let documented = [("first_name", 40), ("last_name", 40), ("phone_number", 64), ("city", 64)];
    assert_passes(lengths_are_those_of_the_page(&Adapter::new(Options), &documented));
}

#[test]
fn a_name_of_41_characters_is_refused_and_not_cut() {
    use adapter::Fate;
    use canonical::{Leaf, Value};
    let mapping = Mapping::new(&DIALECT, &MappingOptions::default()).expect("valid");
    let name = |length: usize| Value::Text("é".repeat(length));
    assert!(mapping.carry(&Leaf::GivenName, Some(&name(40))).is_ok());
    assert_eq!(mapping.carry(&Leaf::GivenName, Some(&name(41))), Err(Fate::TooLong));
}

/// What stands in the page's example answer is a field of the update call, or User.com's own: it takes both without a word.
#[test]
fn every_member_of_the_pages_answer_is_a_field_or_reserved() {
    let goldens = std::fs::read(format!("{GOLDEN}/responses.json")).expect("goldens");
    let goldens: serde_json::Value = serde_json::from_slice(&goldens).expect("JSON");
    let user = goldens["page: sample answer"]["answer"]["body"].as_object().expect("a user object");
    let dialect = &adapter_usercom::DIALECT;
    let reserved = dialect.open_fields.as_ref().expect("attributes").reserved;
    assert!(user.len() > 30, "the whole of it");
    for name in user.keys() {
        let is_known = dialect.rule_of(name).is_some() || reserved.contains(&name.as_str());
        assert!(is_known, "{name} could be mapped as an attribute");
    }
}
