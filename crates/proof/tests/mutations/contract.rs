//! Caught by the contract suite of adapters.

use std::sync::Arc;

use adapter::{Adapter, MappingOptions, VendorResponse};
use adapter_communifire::ErrorRule;
use delivery::mutation::Mutation as M;
use proof::seeded::Seeded;
use testkit::adapter::{
    Check, ContractCase, Proof, hostile_values_stay_values, verdicts_are_as_in_the_goldens,
};

use crate::catches;

fn case(adapter: impl Adapter + 'static, golden: &'static str, proof: Proof) -> ContractCase {
    ContractCase {
        adapter: Box::new(Seeded(Arc::new(adapter))),
        mapping: MappingOptions::default(),
        answer: |_| VendorResponse::default(),
        names: &[],
        proof,
        golden,
    }
}

fn village() -> ContractCase {
    let options = adapter_village::Options { network_id: "42".to_owned() };
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter-village/golden");
    case(adapter_village::Adapter::new(options), golden, Proof::Status)
}

fn communifire() -> ContractCase {
    let rules = [("not found", "NotFound"), ("Too many", "RateLimited"), ("maintenance", "Unavailable")];
    let errors = rules.map(|(pattern, kind)| ErrorRule::new(pattern, kind).expect("a rule"));
    let options = adapter_communifire::Options { errors: errors.to_vec(), ..Default::default() };
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter-communifire/golden");
    case(adapter_communifire::Adapter::new(options), golden, Proof::Body)
}

fn found(name: &str, check: Check) -> Option<String> {
    check.err().map(|_| format!("contract: {name}"))
}

#[test]
fn email_formatted_into_path() {
    catches(M::EmailFormattedIntoPath, 1, |_| {
        found("hostile_values_stay_values", hostile_values_stay_values(&village()))
    });
}

#[test]
fn is_error_ignored() {
    catches(M::IsErrorIgnored, 1, |_| {
        found("verdicts_are_as_in_the_goldens", verdicts_are_as_in_the_goldens(&communifire()))
    });
}
