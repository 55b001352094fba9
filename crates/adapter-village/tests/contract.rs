//! The contract suite, and the example on Village's page.

use adapter::{MappingOptions, VendorResponse};
use adapter_village::{Adapter, Options};
use testkit::adapter::{ContractCase, Proof, assert_passes, lengths_are_those_of_the_page, page_golden};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

fn adapter() -> Adapter {
    Adapter::new(Options { network_id: "42".to_owned() })
}

fn case() -> ContractCase {
    ContractCase {
        adapter: Box::new(adapter()),
        mapping: MappingOptions::default(),
        answer: |subject| VendorResponse {
            status: 200,
            body: format!(r#"{{"email": "{}"}}"#, subject.as_str()).into_bytes(),
            ..VendorResponse::default()
        },
        names: &["email"],
        proof: Proof::Status,
        golden: GOLDEN,
    }
}

testkit::adapter_contract!(case());

#[test]
fn the_example_on_the_page_is_what_is_sent() {
    assert_passes(page_golden(&adapter(), format!("{GOLDEN}/village-patch-user-api.json")));
}

#[test]
fn a_cleared_phone_is_rejected_by_village() {
    let mapping =
        adapter::Mapping::new(&adapter_village::DIALECT, &MappingOptions::default()).expect("valid");
    let carried = mapping.carry(&canonical::Leaf::PhoneNumber, None);
    assert_eq!(carried, Err(adapter::Fate::NotClearable));
}

#[test]
fn village_documents_no_longest_value() {
    assert_passes(lengths_are_those_of_the_page(&adapter(), &[]));
}
